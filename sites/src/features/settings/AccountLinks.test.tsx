// @vitest-environment happy-dom

import { cleanup, render, screen } from "@testing-library/preact";
import { afterEach, expect, test } from "vitest";
import { config } from "../../../testing/test-page";
import type { Config } from "../../api/config";
import { type Session, setSession } from "../../sync/store";
import { AccountLinks } from "./AccountLinks";

const at = (offered: Partial<Config>) => setSession({ config: { ...config, ...offered } } as unknown as Session);
const links = () => screen.queryAllByRole("link").map((it) => [it.textContent, it.getAttribute("href")]);

afterEach(cleanup);

test.each([
  ["all", "Password, e-mail and where you are signed in"],
  ["password", "Change your password"],
  ["own_password", "Change your password, if you signed in with one"],
  ["issuer", "Your account where you signed in"],
] as const)("the page about the account is called after what it offers: %s", (account_offers, name) => {
  at({ account_offers });
  render(<AccountLinks />);
  expect(links()).toEqual([[name, config.account]]);
});

test("where the issuer has no such page, there is no link", () => {
  at({ account: null });
  render(<AccountLinks />);
  expect(links()).toEqual([]);
});

test("a passkey is offered where there is a page to add one, and explained", () => {
  at({ account: null, passkey: "https://issuer.example/passkeys/add" });
  render(<AccountLinks />);
  expect(links()).toEqual([["Add a passkey", "https://issuer.example/passkeys/add"]]);
  expect(screen.getByText(/Your password still works/)).toBeTruthy();
});
