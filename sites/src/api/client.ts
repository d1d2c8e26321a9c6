// The API client returns the answer of an operation, or throws an error with a message that a person can act on.

import { signal } from "@preact/signals";
import { type Auth, OtherAccountError, SignedOutError } from "../auth/auth";
import { SiteUpdatedError } from "../browser/lazy-import";
import { setClockFrom } from "../browser/server-clock";
import { OPERATIONS, type Refusal } from "./protocol";
import type { Answer, Input, OperationName } from "./types";
import { messages, refusals } from "../i18n/messages";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    sentence: string,
  ) {
    super(sentence);
  }
}

/** No answer arrived. `maybeDone`: the server may have carried out the call all the same. */
export class NetworkError extends Error {
  constructor(readonly maybeDone: boolean) {
    super();
  }
}

export type ApiClient = <Name extends OperationName>(
  name: Name,
  body?: Input<Name>,
  id?: string,
) => Promise<Answer<Name>>;

const MAX_READ_RETRIES = 6; // how often a read is repeated after a 429
const MAX_PAUSE_SECONDS = 10;

/**
 * Calls operations with the access token. After a 401 the token is refreshed once; after a second 401 the person is
 * signed out. After a 429 a read waits as long as the answer says and is repeated: many tabs that load their lists at
 * once cause it. A write is not repeated: the person decides.
 */
export function createApiClient(api: string, auth: Auth, sleepFor: (ms: number) => Promise<void> = sleep): ApiClient {
  return async (name, input, id = "") => {
    const [path = "", method = "GET"] = OPERATIONS[name].split(" ");
    const isRead = method === "GET";
    const body: object = input ?? {};
    const url = new URL(api + path.replace("{id}", id));
    if (isRead)
      for (const [key, value] of Object.entries(body)) if (value != null) url.searchParams.set(key, String(value));
    const json = isRead || method === "DELETE" ? undefined : JSON.stringify(body);
    const onLostAnswer = () => throwNetworkError(undefined, !isRead);
    let token = await auth.accessToken().catch(throwNetworkError);
    let response = await sendRequest(url, method, token, json).catch(onLostAnswer);
    if (response.status === 401) {
      token = await auth.accessToken(token).catch(throwNetworkError);
      response = await sendRequest(url, method, token, json).catch(onLostAnswer);
    }
    for (let retries = 0; isRead && response.status === 429 && retries < MAX_READ_RETRIES; retries++) {
      await sleepFor(retryDelay(response, retries));
      token = await auth.accessToken().catch(throwNetworkError);
      response = await sendRequest(url, method, token, json).catch(onLostAnswer);
    }
    if (response.status === 401) {
      auth.clearTokens();
      throw new SignedOutError();
    }
    if (!response.ok) throw await toApiError(response);
    return response.json().catch(onLostAnswer) as Promise<Answer<typeof name>>;
  };
}

/** The message that is shown for an error. */
export function errorMessage(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  if (error instanceof SiteUpdatedError) return messages.connection.reload;
  if (error instanceof SignedOutError) return messages.auth.signedOut;
  if (error instanceof OtherAccountError) return messages.auth.otherAccount;
  if (error instanceof NetworkError) return error.maybeDone ? messages.errors.unsure : messages.errors.network;
  return messages.errors.server;
}

/** The message of a refusal, in the person's language if there is one for this code. */
export const refusalMessage = (code: string, fallback: string): string => refusals[code] ?? fallback;

/** How many calls and messages have had no answer for some seconds. */
export const slowCalls = signal(0);
const SILENCE = 3_000;

export async function countWhileSlow<Answer>(answer: Promise<Answer>): Promise<Answer> {
  let isSlow = false as boolean;
  const timer = setTimeout(() => {
    isSlow = true;
    slowCalls.value++;
  }, SILENCE);
  try {
    return await answer;
  } finally {
    clearTimeout(timer);
    if (isSlow) slowCalls.value--;
  }
}

async function sendRequest(url: URL, method: string, token: string, body: string | undefined): Promise<Response> {
  const headers: Record<string, string> = { authorization: `Bearer ${token}` };
  if (body !== undefined) headers["content-type"] = "application/json";
  const call = fetch(url, { method, headers, body: body ?? null, signal: AbortSignal.timeout(15_000) });
  const response = await countWhileSlow(call);
  setClockFrom(response);
  return response;
}

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/**
 * Milliseconds until a read is repeated: as long as the answer says, or else longer each time. A random part spreads
 * the clients.
 */
function retryDelay(response: Response, retries: number): number {
  const seconds = Number(response.headers.get("retry-after")) || 2 ** retries;
  return Math.min(seconds, MAX_PAUSE_SECONDS) * 1000 * (1 + Math.random());
}

async function toApiError(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => null)) as Partial<Refusal> | null;
  if (body?.t === "refused" && body.code && body.sentence)
    return new ApiError(response.status, body.code, refusalMessage(body.code, body.sentence));
  const code = { 413: "too_large", 429: "too_fast" }[response.status] ?? "";
  return new ApiError(response.status, "", refusalMessage(code, messages.errors.server));
}

function throwNetworkError(error: unknown, maybeDone = false): never {
  throw error instanceof SignedOutError || error instanceof OtherAccountError ? error : new NetworkError(maybeDone);
}
