// @vitest-environment happy-dom

import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { config } from "../../../testing/test-page";
import type { Config } from "../../api/config";
import { UnreachableError } from "../../api/config";
import { type Session, setSession } from "../../sync/store";
import { askToSignOutEverywhere } from "./sign-out";
import { SignOut } from "./SignOut";

const signOut = vi.hoisted(() => vi.fn());
vi.mock("../app/start", () => ({ signOut })); // it leaves the page

const call = vi.fn();
const at = (offered: Partial<Config>) => setSession({ config: { ...config, ...offered }, call } as unknown as Session);

beforeEach(() => {
  call.mockReset().mockResolvedValue({});
  signOut.mockReset();
});
afterEach(cleanup);

test("signing out everywhere is offered only where the site can do it", () => {
  at({ sign_out_everywhere: false });
  render(<SignOut />);
  expect(screen.queryByRole("button", { name: "Sign out everywhere" })).toBeNull();
});

test("signing out everywhere ends the other sign-ins first, then this one", async () => {
  at({ sign_out_everywhere: true });
  render(<SignOut />);
  call.mockImplementationOnce(() => (expect(signOut).not.toHaveBeenCalled(), Promise.resolve({})));
  await act(() => void fireEvent.click(screen.getByRole("button", { name: "Sign out everywhere" })));
  expect(call.mock.calls).toEqual([["signOut"]]);
  await vi.waitFor(() => expect(signOut).toHaveBeenCalledOnce());
});

test("a sign-out that did not reach the server signs nobody out here", async () => {
  at({ sign_out_everywhere: true });
  call.mockRejectedValueOnce(new UnreachableError("gone"));
  await expect(askToSignOutEverywhere()).rejects.toThrow("gone");
  expect(signOut).not.toHaveBeenCalled();
});
