import { describe, expect, test, vi } from "vitest";
import { createApiClient, ApiError, errorMessage, NetworkError } from "./client";
import { type Auth, SignedOutError } from "../auth/auth";
import { id } from "../../testing/fixtures";
import { messages } from "../i18n/messages";
import { pageMessages } from "../i18n/page-messages";

interface SentRequest {
  method: string;
  path: string;
  token: string;
  body: unknown;
}

/** A caller before a server that gives these answers in turn, and the requests it was sent. */
function setUp(...answers: (Response | Error)[]) {
  const requests: SentRequest[] = [];
  const clearTokens = vi.fn();
  const tokens = ["first", "second"];
  const accessToken = vi.fn(async (refused?: string) => (refused ? (tokens[1] ?? "") : (tokens[0] ?? "")));
  vi.stubGlobal("fetch", async (url: URL, init: RequestInit) => {
    const token = new Headers(init.headers).get("authorization") ?? "";
    requests.push({
      method: init.method ?? "",
      path: url.pathname + url.search,
      token,
      body: init.body && (JSON.parse(init.body as string) as unknown),
    });
    const answer = answers.shift();
    if (answer instanceof Response) return answer;
    throw answer ?? new Error("requests once too often");
  });
  const pauses: number[] = [];
  const call = createApiClient(
    "https://home.example/api",
    { accessToken, clearTokens } as unknown as Auth,
    async (ms) => void pauses.push(ms),
  );
  return { call, requests, clearTokens, accessToken, pauses };
}

const refusal = (status: number, code: string) =>
  Response.json({ t: "refused", code, sentence: "In the server's words." }, { status });
const failure = (run: Promise<unknown>) =>
  run.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );

describe("a call", () => {
  test("sends the method and path of its operation, with the access token", async () => {
    const { call, requests } = setUp(Response.json({ entries: [], more: false }));
    expect(await call("readLog", { after: 3, most: 50 }, id("exam"))).toEqual({ entries: [], more: false });
    const path = `/api/threads/${id("exam")}/log?after=3&most=50`;
    expect(requests).toEqual([{ method: "GET", path, token: "Bearer first", body: null }]);
  });

  test("leaves out query parameters that have no value", async () => {
    const { call, requests } = setUp(Response.json({ threads: [], people: [], next: null }));
    await call("listThreads", { shelf: "raised", before: null });
    expect(requests[0]?.path).toBe("/api/threads?shelf=raised");
  });

  test("that writes sends its text in the body, never in the address", async () => {
    const { call, requests } = setUp(Response.json({}));
    await call("offloadThread", { worker: id("wanda") }, id("exam"));
    expect(requests[0]).toMatchObject({
      method: "POST",
      path: `/api/threads/${id("exam")}/offload`,
      body: { worker: id("wanda") },
    });
  });

  test("whose token is rejected is repeated with a new token", async () => {
    const { call, requests, clearTokens } = setUp(new Response("", { status: 401 }), Response.json({}));
    await call("takeBackThread", {}, id("exam"));
    expect(requests.map(({ token }) => token)).toEqual(["Bearer first", "Bearer second"]);
    expect(clearTokens).not.toHaveBeenCalled();
  });

  test("whose new token is rejected too signs the person out", async () => {
    const { call, clearTokens } = setUp(new Response("", { status: 401 }), new Response("", { status: 401 }));
    expect(await failure(call("me"))).toBeInstanceOf(SignedOutError);
    expect(clearTokens).toHaveBeenCalledOnce();
  });
});

describe("too many reads at once", () => {
  const tooFast = (headers?: HeadersInit) =>
    Response.json(
      { t: "refused", code: "too_fast", sentence: "Slower." },
      { status: 429, ...(headers ? { headers } : {}) },
    );

  test("are repeated after the time that the answer says, at different moments", async () => {
    const { call, pauses } = setUp(
      tooFast({ "retry-after": "3" }),
      tooFast(),
      Response.json({ entries: [], more: false }),
    );
    expect(await call("readLog", { after: 0, most: 50 }, id("exam"))).toEqual({ entries: [], more: false });
    expect(pauses).toHaveLength(2);
    expect(pauses[0]).toBeGreaterThanOrEqual(3000);
    expect(pauses[0]).toBeLessThan(6000);
  });

  test("fail with a message in the end", async () => {
    const answers = Array.from({ length: 7 }, () => tooFast());
    const { call, pauses } = setUp(...answers);
    expect(await failure(call("me"))).toMatchObject({ status: 429, code: "too_fast" });
    expect(pauses).toHaveLength(6);
  });

  test("do not make the client repeat a write", async () => {
    const { call, pauses } = setUp(tooFast());
    expect(await failure(call("terminateThread", {}, id("exam")))).toMatchObject({ code: "too_fast" });
    expect(pauses).toEqual([]);
  });
});

describe("an error has a message", () => {
  test.each([
    ["no network", new TypeError("Failed to fetch")],
    ["an answer that is cut short", new Response('{"id":', { status: 200 })],
  ])("%s, while a read waits for its answer", async (_, answer) => {
    expect(errorMessage(await failure(setUp(answer).call("me")))).toBe(messages.errors.network);
  });

  test.each([
    ["a refusal, in our words", refusal(409, "five_threads"), pageMessages.refusals.five_threads],
    ["an unknown refusal, in the server's words", refusal(409, "of_tomorrow"), "In the server's words."],
    ["a gateway that finds it too large", new Response("<html>", { status: 413 }), pageMessages.refusals.too_large],
    [
      "a gateway that finds it too fast",
      Response.json({ message: "Too Many Requests" }, { status: 429 }),
      pageMessages.refusals.too_fast,
    ],
    ["a server that is down", new Response("Bad gateway", { status: 502 }), messages.errors.server],
    ["no network", new TypeError("Failed to fetch"), messages.errors.unsure],
    ["an answer that is cut short", new Response('{"id":', { status: 200 }), messages.errors.unsure],
  ])("%s", async (_, answer, text) => {
    expect(errorMessage(await failure(setUp(answer).call("closeAccount")))).toBe(text);
  });

  test("of a person who is signed out says so", async () => {
    const { call, accessToken } = setUp();
    accessToken.mockRejectedValueOnce(new SignedOutError());
    const error = await failure(call("me"));
    expect([error instanceof NetworkError, errorMessage(error)]).toEqual([false, messages.auth.signedOut]);
  });

  test("a refusal keeps its code and its status, for the page to act on", async () => {
    const error = await failure(setUp(refusal(404, "not_found")).call("showThread", {}, id("exam")));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 404, code: "not_found" });
  });
});
