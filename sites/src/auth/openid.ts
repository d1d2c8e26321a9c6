// The OpenID Connect protocol is done by a library. This module gives it the addresses and the client. It is loaded
// when it is needed.

import * as oauth from "oauth4webapi";
import { fetchServerTime, setClockFrom, clockOffset } from "../browser/server-clock";
import { type Config, throwUnreachable } from "../api/config";

export { savePendingAuth, takePendingAuth } from "./pending-auth";

export interface PendingAuth {
  state: string;
  nonce: string;
  verifier: string;
  hash: string;
}

/** The part of a token response that is stored. */
export interface TokenSet {
  /** The subject in the ID token; null if the response has no ID token. */
  account: string | null;
  access: string;
  refresh: string | null;
  id: string | null;
  seconds: number;
}

const SCOPES = ["openid", "email", "profile", "offline_access"];

/** The site's own address, to which the issuer sends the browser back. */
export const redirectUri = (): string => location.origin + location.pathname;

/**
 * The address to sign in at, and what to store until the browser is back. `page` is used in place of the usual
 * endpoint.
 */
export async function createAuthorizationRequest(
  config: Config,
  reauthenticate = false,
  page?: string,
): Promise<{ url: URL; pending: PendingAuth }> {
  const server = await discover(config);
  const pending: PendingAuth = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
    hash: location.hash,
  };
  const url = new URL(page ?? requireEndpoint(server.authorization_endpoint));
  const scopes = SCOPES.filter((scope) => !server.scopes_supported || server.scopes_supported.includes(scope));
  url.search = new URLSearchParams({
    client_id: config.client,
    response_type: "code",
    redirect_uri: redirectUri(),
    scope: scopes.join(" "),
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: "S256",
    ...(reauthenticate ? { prompt: "login" } : {}),
  }).toString();
  return { url, pending };
}

/** Exchanges the code in the address that the issuer sent the browser to. */
export async function exchangeCode(config: Config, returned: URL, pending: PendingAuth): Promise<TokenSet> {
  const server = await discover(config);
  const code = oauth.validateAuthResponse(server, oauthClient(config), returned, pending.state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    oauthClient(config),
    oauth.None(),
    code,
    redirectUri(),
    pending.verifier,
    requestOptions(config),
  );
  const client = await clientWithClockSkew(config, response);
  return toTokenSet(
    await oauth.processAuthorizationCodeResponse(server, client, response, { expectedNonce: pending.nonce }),
  );
}

/** New tokens for a refresh token; null if the issuer rejects it. Throws if the issuer cannot be reached. */
export async function refreshTokens(config: Config, refresh: string): Promise<TokenSet | null> {
  const server = await discover(config);
  const response = await oauth.refreshTokenGrantRequest(
    server,
    oauthClient(config),
    oauth.None(),
    refresh,
    requestOptions(config),
  );
  // A server that is down (5xx) or busy (429) does not say that the person is signed out.
  if (response.status >= 400 && response.status < 500 && response.status !== 429) return null;
  return toTokenSet(
    await oauth.processRefreshTokenResponse(server, await clientWithClockSkew(config, response), response),
  );
}

/**
 * Revokes the refresh token, and returns the address that ends the issuer's own session. Throws if the issuer cannot be
 * reached.
 */
export async function endSession(config: Config, refresh: string | null, id: string | null): Promise<URL> {
  const server = await discover(config);
  if (refresh && server.revocation_endpoint)
    await oauth
      .revocationRequest(server, oauthClient(config), oauth.None(), refresh, requestOptions(config))
      .catch(() => assertReachable(config)); // if it is refused, the token expires by itself
  else await assertReachable(config);
  if (!server.end_session_endpoint) return new URL(redirectUri());
  const url = new URL(server.end_session_endpoint);
  // Issuers expect different parameters here. Each ignores the others' parameters.
  url.search = new URLSearchParams({
    client_id: config.client,
    logout_uri: redirectUri(),
    post_logout_redirect_uri: redirectUri(),
    ...(id ? { id_token_hint: id } : {}),
  }).toString();
  return url;
}

/** Throws if the issuer cannot be reached now. */
async function assertReachable(config: Config): Promise<void> {
  await fetch(config.metadata, { cache: "no-store", signal: AbortSignal.timeout(15_000) });
}

/** Fetches what every request to the issuer needs, before it is needed. */
export const prepare = async (config: Config): Promise<void> => void (await discover(config));

let discovered: Promise<oauth.AuthorizationServer> | null = null;

function discover(config: Config): Promise<oauth.AuthorizationServer> {
  discovered ??= fetch(config.metadata, { signal: AbortSignal.timeout(15_000) })
    .catch(throwUnreachable)
    .then((response) => oauth.processDiscoveryResponse(new URL(config.issuer), response))
    .catch((error: unknown) => {
      discovered = null;
      throw error;
    });
  return discovered;
}

const oauthClient = (config: Config): oauth.Client => ({ client_id: config.client });

/** The client, with the clock skew of this device: a token is checked against the clock of its issuer. */
async function clientWithClockSkew(config: Config, response: Response): Promise<oauth.Client> {
  if (!setClockFrom(response)) await fetchServerTime();
  return {
    ...oauthClient(config),
    [oauth.clockSkew]: Math.round(clockOffset.peek() / 1000),
    [oauth.clockTolerance]: 60,
  };
}

/** Plain http is allowed on this machine only. */
function requestOptions(config: Config): { [oauth.allowInsecureRequests]: boolean; signal: AbortSignal } {
  const { protocol, hostname } = new URL(config.metadata);
  const loopback = protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  return { [oauth.allowInsecureRequests]: loopback, signal: AbortSignal.timeout(15_000) };
}

const toTokenSet = (tokens: oauth.TokenEndpointResponse): TokenSet => ({
  account: oauth.getValidatedIdTokenClaims(tokens)?.sub ?? null,
  access: tokens.access_token,
  refresh: tokens.refresh_token ?? null,
  id: tokens.id_token ?? null,
  seconds: tokens.expires_in ?? 300,
});

function requireEndpoint(endpoint: string | undefined): string {
  if (!endpoint) throw new Error("the issuer names no such endpoint");
  return endpoint;
}
