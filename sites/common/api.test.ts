import { describe, expect, test, vi } from "vitest";
import { caller, Refused, say, Unreached } from "./api";
import { type Auth, SignedOut } from "./auth";
import { id } from "./kit/entries";
import { words } from "./words";

interface Asked {
  method: string;
  path: string;
  token: string;
  body: unknown;
}

/** A caller before a server that gives these answers in turn, and what it was asked. */
function before(...answers: (Response | Error)[]) {
  const asked: Asked[] = [];
  const forget = vi.fn();
  const tokens = ["first", "second"];
  const token = vi.fn(async (refused?: string) => (refused ? (tokens[1] ?? "") : (tokens[0] ?? "")));
  vi.stubGlobal("fetch", async (url: URL, init: RequestInit) => {
    const token = new Headers(init.headers).get("authorization") ?? "";
    asked.push({ method: init.method ?? "", path: url.pathname + url.search, token, body: init.body && JSON.parse(String(init.body)) });
    const answer = answers.shift();
    if (answer instanceof Response) return answer;
    throw answer ?? new Error("asked once too often");
  });
  const pauses: number[] = [];
  const call = caller("https://home.example/api", { token, forget } as unknown as Auth, async (ms) => void pauses.push(ms));
  return { call, asked, forget, token, pauses };
}

const refusal = (status: number, code: string) => Response.json({ t: "refused", code, sentence: "In the server's words." }, { status });
const failure = (run: Promise<unknown>) => run.then(() => expect.unreachable(), (error: unknown) => error);

describe("a call", () => {
  test("asks what the table of operations says, as who is signed in", async () => {
    const { call, asked } = before(Response.json({ entries: [], more: false }));
    expect(await call("readLog", { after: 3, most: 50 }, id("exam"))).toEqual({ entries: [], more: false });
    const path = `/api/threads/${id("exam")}/log?after=3&most=50`;
    expect(asked).toEqual([{ method: "GET", path, token: "Bearer first", body: null }]);
  });

  test("leaves out of a question what is not known", async () => {
    const { call, asked } = before(Response.json({ threads: [], people: [], next: null }));
    await call("listThreads", { shelf: "raised", before: null });
    expect(asked[0]?.path).toBe("/api/threads?shelf=raised");
  });

  test("that does something carries its words in the body, never in the address", async () => {
    const { call, asked } = before(Response.json({}));
    await call("offloadThread", { worker: id("wanda") }, id("exam"));
    expect(asked[0]).toMatchObject({ method: "POST", path: `/api/threads/${id("exam")}/offload`, body: { worker: id("wanda") } });
  });

  test("whose token is refused is made again with a new one", async () => {
    const { call, asked, forget } = before(new Response("", { status: 401 }), Response.json({}));
    await call("takeBackThread", {}, id("exam"));
    expect(asked.map(({ token }) => token)).toEqual(["Bearer first", "Bearer second"]);
    expect(forget).not.toHaveBeenCalled();
  });

  test("whose new token is refused too signs the person out", async () => {
    const { call, forget } = before(new Response("", { status: 401 }), new Response("", { status: 401 }));
    expect(await failure(call("me"))).toBeInstanceOf(SignedOut);
    expect(forget).toHaveBeenCalledOnce();
  });
});

describe("too many reads at once", () => {
  const tooFast = (headers?: HeadersInit) => Response.json({ t: "refused", code: "too_fast", sentence: "Slower." }, { status: 429, ...(headers ? { headers } : {}) });

  test("are repeated after as long as the answer says, and not all at one moment", async () => {
    const { call, pauses } = before(tooFast({ "retry-after": "3" }), tooFast(), Response.json({ entries: [], more: false }));
    expect(await call("readLog", { after: 0, most: 50 }, id("exam"))).toEqual({ entries: [], more: false });
    expect(pauses).toHaveLength(2);
    expect(pauses[0]).toBeGreaterThanOrEqual(3000);
    expect(pauses[0]).toBeLessThan(6000);
  });

  test("are refused in words in the end", async () => {
    const answers = Array.from({ length: 7 }, () => tooFast());
    const { call, pauses } = before(...answers);
    expect(await failure(call("me"))).toMatchObject({ status: 429, code: "too_fast" });
    expect(pauses).toHaveLength(6);
  });

  test("are no reason to repeat what changes something", async () => {
    const { call, pauses } = before(tooFast());
    expect(await failure(call("terminateThread", {}, id("exam")))).toMatchObject({ code: "too_fast" });
    expect(pauses).toEqual([]);
  });
});

describe("what went wrong is said in words", () => {
  test.each([
    ["a network that is not there", new TypeError("Failed to fetch")],
    ["an answer that broke off", new Response('{"id":', { status: 200 })],
  ])("%s, before a question was answered", async (_, answer) => {
    expect(say(await failure(before(answer).call("me")))).toBe(words.failed.network);
  });

  test.each([
    ["a refusal, in ours", refusal(409, "five_threads"), words.refusals.five_threads],
    ["a refusal we do not know, in the server's", refusal(409, "of_tomorrow"), "In the server's words."],
    ["a gateway that finds it too large", new Response("<html>", { status: 413 }), words.refusals.too_large],
    ["a gateway that finds it too fast", Response.json({ message: "Too Many Requests" }, { status: 429 }), words.refusals.too_fast],
    ["a server that is down", new Response("Bad gateway", { status: 502 }), words.failed.server],
    ["a network that is not there", new TypeError("Failed to fetch"), words.failed.unsure],
    ["an answer that broke off", new Response('{"id":', { status: 200 }), words.failed.unsure],
  ])("%s", async (_, answer, said) => {
    expect(say(await failure(before(answer).call("closeAccount")))).toBe(said);
  });

  test("signed out is said as such", async () => {
    const { call, token } = before();
    token.mockRejectedValueOnce(new SignedOut());
    const error = await failure(call("me"));
    expect([error instanceof Unreached, say(error)]).toEqual([false, words.failed.signedOut]);
  });

  test("a refusal keeps its code and its status, for the page to act on", async () => {
    const error = await failure(before(refusal(404, "not_found")).call("showThread", {}, id("exam")));
    expect(error).toBeInstanceOf(Refused);
    expect(error).toMatchObject({ status: 404, code: "not_found" });
  });
});
