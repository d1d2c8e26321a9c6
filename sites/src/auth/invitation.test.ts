import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type ApiClient, ApiError, NetworkError } from "../api/client";
import { acceptInvitation, fetchInvitation } from "./invitation";
import { takeLetterLink } from "./letter-link";
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

test.each([
  ["invitation", KEY],
  ["invitation", PLACE],
  ["letter", KEY],
])("the token of a letter's link is removed from the address: %s %s", (kind, token) => {
  at(`#${kind}=${token}`);
  expect(takeLetterLink()).toEqual({ kind, token });
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
  `#code=${KEY}`,
])("an address that is no invitation's link does not change: %o", (hash) => {
  at(hash);
  expect(takeLetterLink()).toBeNull();
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

describe("accepting an invitation", () => {
  /** A client that throws the error of an operation, if there is one, and else answers. */
  const clientWith = (errors: Partial<Record<string, Error>>) =>
    vi.fn(async (name: string) => {
      if (errors[name]) throw errors[name];
      return {};
    }) as unknown as ApiClient;
  const notFound = new ApiError(404, "not_found", "Not found.");

  test("asks the server once", async () => {
    const call = clientWith({});
    expect(await acceptInvitation(call, PLACE)).toBe(true);
    expect(vi.mocked(call).mock.calls).toEqual([["acceptInvitation", {}, PLACE]]);
  });

  test("that another tab has accepted makes this tab a worker's too", async () => {
    expect(await acceptInvitation(clientWith({ acceptInvitation: notFound }), PLACE)).toBe(true);
  });

  test("that the school has taken back makes nobody a worker", async () => {
    const notInvited = new ApiError(403, "not_invited", "Nobody has invited you.");
    expect(await acceptInvitation(clientWith({ acceptInvitation: notFound, me: notInvited }), PLACE)).toBe(false);
  });

  test("throws if the server cannot be asked whether the person is a worker", async () => {
    const cut = new NetworkError(false);
    await expect(acceptInvitation(clientWith({ acceptInvitation: notFound, me: cut }), PLACE)).rejects.toBe(cut);
  });

  test("throws a refusal for another reason, and does not take it for accepted", async () => {
    const tooFast = new ApiError(429, "too_fast", "Too fast.");
    await expect(acceptInvitation(clientWith({ acceptInvitation: tooFast }), PLACE)).rejects.toBe(tooFast);
  });
});
