// The protocol of signing in is a kept library's; this module says only where and as whom. It is loaded when it is needed.

import * as oauth from "oauth4webapi";
import { ask, learn, offset } from "./clock";
import { type Config, noAnswer } from "./config";

export interface Begun {
  state: string;
  nonce: string;
  verifier: string;
  hash: string;
}

/** The part of a token answer that is kept. */
export interface Given {
  /** The subject in the ID token; null if none came with it. */
  account: string | null;
  access: string;
  refresh: string | null;
  id: string | null;
  seconds: number;
}

const WANTED = ["openid", "email", "profile", "offline_access"];

/** The site's own address: where the issuer sends the browser back to. */
export const here = (): string => location.origin + location.pathname;

/** Where to go to sign in, and what to remember until the issuer sends the browser back; `page` instead of its usual one. */
export async function authorize(config: Config, anew = false, page?: string): Promise<{ url: URL; begun: Begun }> {
  const server = await discover(config);
  const begun: Begun = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
    hash: location.hash,
  };
  const url = new URL(page ?? must(server.authorization_endpoint));
  const scopes = WANTED.filter((scope) => !server.scopes_supported || server.scopes_supported.includes(scope));
  url.search = new URLSearchParams({
    client_id: config.client,
    response_type: "code",
    redirect_uri: here(),
    scope: scopes.join(" "),
    state: begun.state,
    nonce: begun.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(begun.verifier),
    code_challenge_method: "S256",
    ...(anew ? { prompt: "login" } : {}),
  }).toString();
  return { url, begun };
}

/** Exchange the code that the issuer sent back in the address. */
export async function exchange(config: Config, returned: URL, begun: Begun): Promise<Given> {
  const server = await discover(config);
  const code = oauth.validateAuthResponse(server, named(config), returned, begun.state);
  const response = await oauth.authorizationCodeGrantRequest(
    server, named(config), oauth.None(), code, here(), begun.verifier, options(config),
  );
  const client = await timed(config, response);
  return given(await oauth.processAuthorizationCodeResponse(server, client, response, { expectedNonce: begun.nonce }));
}

/** New tokens for a refresh token; null if the issuer says it is not good any more. Throws where nobody could say. */
export async function renew(config: Config, refresh: string): Promise<Given | null> {
  const server = await discover(config);
  const response = await oauth.refreshTokenGrantRequest(server, named(config), oauth.None(), refresh, options(config));
  // A server that is down (5xx) or a busy one (429) says nothing about who is signed in.
  if (response.status >= 400 && response.status < 500 && response.status !== 429) return null;
  return given(await oauth.processRefreshTokenResponse(server, await timed(config, response), response));
}

/** Give the refresh token back; the address where the issuer's own session ends. Throws where it cannot be reached. */
export async function farewell(config: Config, refresh: string | null, id: string | null): Promise<URL> {
  const server = await discover(config);
  if (refresh && server.revocation_endpoint)
    await oauth.revocationRequest(server, named(config), oauth.None(), refresh, options(config)).catch(() => reach(config)); // refused, it expires by itself
  else await reach(config);
  if (!server.end_session_endpoint) return new URL(here());
  const url = new URL(server.end_session_endpoint);
  // Issuers differ in what they want to be told: each ignores the other's words.
  url.search = new URLSearchParams({
    client_id: config.client,
    logout_uri: here(),
    post_logout_redirect_uri: here(),
    ...(id ? { id_token_hint: id } : {}),
  }).toString();
  return url;
}

/** Throws where the issuer cannot be reached now. */
async function reach(config: Config): Promise<void> {
  await fetch(config.metadata, { cache: "no-store", signal: AbortSignal.timeout(15_000) });
}

let discovered: Promise<oauth.AuthorizationServer> | null = null;

function discover(config: Config): Promise<oauth.AuthorizationServer> {
  discovered ??= fetch(config.metadata, { signal: AbortSignal.timeout(15_000) })
    .catch(noAnswer)
    .then((response) => oauth.processDiscoveryResponse(new URL(config.issuer), response))
    .catch((error: unknown) => {
      discovered = null;
      throw error;
    });
  return discovered;
}

const named = (config: Config): oauth.Client => ({ client_id: config.client });

/** Who we are, and by how much this device's clock is off: a token is judged by the clock of who wrote it. */
async function timed(config: Config, response: Response): Promise<oauth.Client> {
  if (!learn(response)) await ask();
  return { ...named(config), [oauth.clockSkew]: Math.round(offset.peek() / 1000), [oauth.clockTolerance]: 60 };
}

/** Plain http is for this machine alone. */
function options(config: Config): { [oauth.allowInsecureRequests]: boolean; signal: AbortSignal } {
  const { protocol, hostname } = new URL(config.metadata);
  const loopback = protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  return { [oauth.allowInsecureRequests]: loopback, signal: AbortSignal.timeout(15_000) };
}

const given = (tokens: oauth.TokenEndpointResponse): Given => ({
  account: oauth.getValidatedIdTokenClaims(tokens)?.sub ?? null,
  access: tokens.access_token,
  refresh: tokens.refresh_token ?? null,
  id: tokens.id_token ?? null,
  seconds: tokens.expires_in ?? 300,
});

function must(endpoint: string | undefined): string {
  if (!endpoint) throw new Error("the issuer names no such endpoint");
  return endpoint;
}
