// A call either answers what the table of operations says or fails in words a person can act on.

import { type Auth, OtherAccount, SignedOut } from "./auth";
import { OPERATIONS, type Operations, type Refusal } from "./protocol";
import { words } from "./words";

export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    sentence: string,
  ) {
    super(sentence);
  }
}

/** The call did not get there, or its answer did not get back. `perhaps`: it may have done something all the same. */
export class Unreached extends Error {
  constructor(readonly perhaps: boolean) {
    super();
  }
}

export type Call = <Name extends keyof Operations>(
  name: Name,
  body?: Operations[Name]["takes"],
  id?: string,
) => Promise<Operations[Name]["answers"]>;

const READ_AGAIN = 6; // times that a read is repeated when too many came at once
const LONGEST_PAUSE = 10; // seconds

/** Calls operations with the access token; one that is refused is refreshed once, then the person is signed out.

    Too many reads at once are answered 429, as when many tabs load their lists: a read waits as the answer says, and is
    repeated. A write is not: whether to repeat it is for the person to say. */
export function caller(api: string, auth: Auth, pause: (ms: number) => Promise<void> = sleep): Call {
  return async (name, body = {}, id = "") => {
    const [method, path] = OPERATIONS[name];
    const url = new URL(api + path.replace(/^\/api/, "").replace("{id}", id));
    if (method === "GET") for (const [key, value] of Object.entries(body)) if (value != null) url.searchParams.set(key, String(value));
    const json = method === "POST" || method === "PUT" ? JSON.stringify(body) : undefined;
    const perhaps = () => unreached(undefined, method !== "GET");
    let token = await auth.token().catch(unreached);
    let response = await attempt(url, method, token, json).catch(perhaps);
    if (response.status === 401) {
      token = await auth.token(token).catch(unreached);
      response = await attempt(url, method, token, json).catch(perhaps);
    }
    for (let again = 0; method === "GET" && response.status === 429 && again < READ_AGAIN; again++) {
      await pause(waitBefore(response, again));
      token = await auth.token().catch(unreached);
      response = await attempt(url, method, token, json).catch(perhaps);
    }
    if (response.status === 401) {
      auth.forget();
      throw new SignedOut();
    }
    if (!response.ok) throw await refused(response);
    return response.json().catch(perhaps);
  };
}

/** What to tell the person of a failure. */
export function say(error: unknown): string {
  if (error instanceof Refused) return error.message;
  if (error instanceof SignedOut) return words.failed.signedOut;
  if (error instanceof OtherAccount) return words.door.otherAccount;
  if (error instanceof Unreached) return error.perhaps ? words.failed.unsure : words.failed.network;
  return words.failed.server;
}

/** The sentence of a refusal, in the person's language where we have it. */
export const sentence = (code: string, said: string): string =>
  (words.refusals as Record<string, string | undefined>)[code] ?? said;

async function attempt(url: URL, method: string, token: string, body: string | undefined): Promise<Response> {
  const headers: Record<string, string> = { authorization: `Bearer ${token}` };
  if (body !== undefined) headers["content-type"] = "application/json";
  return fetch(url, { method, headers, body: body ?? null, signal: AbortSignal.timeout(15_000) });
}

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Milliseconds before a read is repeated: as long as the answer says, else longer each time. Not all at one moment. */
function waitBefore(response: Response, again: number): number {
  const seconds = Number(response.headers.get("retry-after")) || 2 ** again;
  return Math.min(seconds, LONGEST_PAUSE) * 1000 * (1 + Math.random());
}

async function refused(response: Response): Promise<Refused> {
  const body = (await response.json().catch(() => null)) as Partial<Refusal> | null;
  if (body?.t === "refused" && body.code && body.sentence)
    return new Refused(response.status, body.code, sentence(body.code, body.sentence));
  const { failed, refusals } = words;
  const said = { 413: refusals.too_large, 429: refusals.too_fast }[response.status] ?? failed.server;
  return new Refused(response.status, "", said);
}

function unreached(error: unknown, perhaps = false): never {
  throw error instanceof SignedOut || error instanceof OtherAccount ? error : new Unreached(perhaps);
}
