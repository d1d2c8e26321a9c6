import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { takeInvitationLink, fetchInvitation } from "./invitation-link";
import { config } from "../../testing/test-page";

const KEY = "k".repeat(43);
const PLACE = "p".repeat(22);
let replaced: string[];

const at = (hash: string) => vi.stubGlobal("location", { hash, pathname: "/worker/", search: "?x=1" });
const answers = (response: Response) =>
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => response),
  );

beforeEach(() => {
  replaced = [];
  vi.stubGlobal("history", {
    state: null,
    replaceState: (_: unknown, __: string, path: string) => replaced.push(path),
  });
});

afterEach(() => vi.unstubAllGlobals());

test.each([KEY, PLACE])("the token of an invitation's link is removed from the address: %s", (token) => {
  at(`#invitation=${token}`);
  expect(takeInvitationLink()).toBe(token);
  expect(replaced).toEqual(["/worker/?x=1"]);
});

test.each([
  "",
  "#/threads",
  "#invitation=",
  "#invitation=short",
  `#invitation=${KEY}&x=1`,
  `#/invitation=${KEY}`,
  "#invitation=<b>",
])("an address that is no invitation's link does not change: %o", (hash) => {
  at(hash);
  expect(takeInvitationLink()).toBeNull();
  expect(replaced).toEqual([]);
});

test("an invitation is fetched by its id, without an access token", async () => {
  answers(Response.json({ id: PLACE, school: "School of Law" }));
  expect(await fetchInvitation(config, PLACE)).toEqual({ id: PLACE, school: "School of Law" });
  expect(vi.mocked(fetch).mock.lastCall?.[0]).toBe(`https://home.example/api/invitations/${PLACE}`);
  expect(vi.mocked(fetch).mock.lastCall?.[1]?.headers).toBeUndefined();
});

test("an unknown invitation is over, and a server error is not mistaken for that", async () => {
  answers(new Response("{}", { status: 404 }));
  expect(await fetchInvitation(config, PLACE)).toBeNull();
  answers(new Response("{}", { status: 503 }));
  await expect(fetchInvitation(config, PLACE)).rejects.toThrow();
});
