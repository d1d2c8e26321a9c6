import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Call, Refused, Unreached } from "./api";
import { accept, opened, whoInvites } from "./invitation";
import { config } from "./kit/page";

const KEY = "k".repeat(43);
const PLACE = "p".repeat(22);
let replaced: string[];

const at = (hash: string) => vi.stubGlobal("location", { hash, pathname: "/worker/", search: "?x=1" });
const answers = (response: Response) => vi.stubGlobal("fetch", vi.fn(async () => response));

beforeEach(() => {
  replaced = [];
  vi.stubGlobal("history", { state: null, replaceState: (_: unknown, __: string, path: string) => replaced.push(path) });
});

afterEach(() => vi.unstubAllGlobals());

test.each([KEY, PLACE])("what a letter's link held is taken out of the address: %s", (held) => {
  at(`#invitation=${held}`);
  expect(opened()).toBe(held);
  expect(replaced).toEqual(["/worker/?x=1"]);
});

test.each(["", "#/threads", "#invitation=", "#invitation=short", `#invitation=${KEY}&x=1`, `#/invitation=${KEY}`, "#invitation=<b>"])(
  "an address that is no letter's link stays as it is: %o",
  (hash) => {
    at(hash);
    expect(opened()).toBeNull();
    expect(replaced).toEqual([]);
  },
);

test("who invites is asked of the home by the place alone, with no token", async () => {
  answers(Response.json({ id: PLACE, school: "School of Law" }));
  expect(await whoInvites(config, PLACE)).toEqual({ id: PLACE, school: "School of Law" });
  expect(vi.mocked(fetch).mock.lastCall?.[0]).toBe(`https://home.example/api/invitations/${PLACE}`);
  expect(vi.mocked(fetch).mock.lastCall?.[1]?.headers).toBeUndefined();
});

test("an invitation that nobody waits for any more is over, and a home that fails has said nothing", async () => {
  answers(new Response("{}", { status: 404 }));
  expect(await whoInvites(config, PLACE)).toBeNull();
  answers(new Response("{}", { status: 503 }));
  await expect(whoInvites(config, PLACE)).rejects.toThrow();
});

describe("accepting an invitation", () => {
  /** What each call is answered: an error is thrown. */
  const calls = (answers: Partial<Record<string, Error>>) =>
    vi.fn(async (name: string) => {
      if (answers[name]) throw answers[name];
      return {};
    }) as unknown as Call;
  const gone = new Refused(404, "not_found", "Not found.");

  test("asks once", async () => {
    const call = calls({});
    expect(await accept(call, PLACE)).toBe(true);
    expect(vi.mocked(call).mock.calls).toEqual([["acceptInvitation", {}, PLACE]]);
  });

  test("that another tab has accepted meanwhile lets this one in as well", async () => {
    expect(await accept(calls({ acceptInvitation: gone }), PLACE)).toBe(true);
  });

  test("that was taken back lets nobody in", async () => {
    const stranger = new Refused(403, "not_invited", "Nobody has invited you.");
    expect(await accept(calls({ acceptInvitation: gone, me: stranger }), PLACE)).toBe(false);
  });

  test("where nobody can say whether it is accepted says so", async () => {
    const cut = new Unreached(false);
    await expect(accept(calls({ acceptInvitation: gone, me: cut }), PLACE)).rejects.toBe(cut);
  });

  test("that is refused for another reason is not taken for accepted", async () => {
    const fast = new Refused(429, "too_fast", "Too fast.");
    await expect(accept(calls({ acceptInvitation: fast }), PLACE)).rejects.toBe(fast);
  });
});
