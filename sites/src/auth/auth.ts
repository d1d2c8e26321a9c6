// A person is signed in on one site alone. A refresh token is used once, however many tabs are open.
//
// A page belongs to one account. After another tab signs in as another account, this page gets no more tokens.

import { now } from "../browser/server-clock";
import type { Config } from "../api/config";
import { lazyImport } from "../browser/lazy-import";
import type { TokenSet } from "./openid";
import { type StorageNamespace, parseStored } from "../browser/storage";

interface Tokens {
  /** The subject of the account at the issuer. */
  account: string;
  access: string;
  refresh: string | null;
  id: string | null;
  /** When the access token ends, in ms since 1970. */
  until: number;
}

export class SignedOutError extends Error {}

/** Another account is signed in on this site than the one that this page belongs to. */
export class OtherAccountError extends Error {}

const REFRESH_MARGIN = 30_000;
const loadOpenid = async () => ({ ...(await import("./openid")), ...(await import("../browser/with-lock")) });
const openid = () => lazyImport(loadOpenid);

/** Loads the protocol's module beside the site's configuration. */
export const preloadOpenid = async (): Promise<void> => void (await openid());

export class Auth {
  #account: string | null = null;
  /** Tokens that do not fit into storage. They last as long as this page. */
  #unstoredTokens: Tokens | null = null;
  /** The ID token of tokens that were cleared here: it lets the issuer sign out without a question. */
  #clearedId: string | null = null;

  /** `storage` is shared by all tabs; `tabStorage` ends with the tab. */
  constructor(
    readonly config: Config,
    readonly storage: StorageNamespace,
    readonly tabStorage: StorageNamespace,
  ) {}

  get isSignedIn(): boolean {
    const tokens = this.#readTokens();
    this.#account ??= tokens?.account ?? null;
    return tokens !== null;
  }

  /** The subject of the account that this page belongs to. */
  get account(): string {
    return this.#requireTokens().account;
  }

  /** Whether another account has signed in on this site. */
  get isOtherAccount(): boolean {
    const tokens = this.#readTokens();
    return tokens !== null && this.#account !== null && tokens.account !== this.#account;
  }

  /** Whether the tokens are not stored: another tab does not have them, nor does this one after a reload. */
  get hasUnstoredTokens(): boolean {
    return this.#unstoredTokens !== null;
  }

  /**
   * Whether the issuer asks this site to start a sign-in, for example after a new account was made (OpenID Connect Core
   * §4).
   */
  get isSignInRequested(): boolean {
    const { searchParams } = new URL(location.href);
    return searchParams.get("iss") === this.config.issuer && !searchParams.has("state");
  }

  /** Fetches what a sign-in needs, before it begins. */
  async prepareSignIn(): Promise<void> {
    await (await openid()).prepare(this.config);
  }

  /**
   * Goes to the issuer's sign-in page. `reauthenticate` asks for the password again. `page` is another page of the
   * issuer that takes the same request.
   */
  async startSignIn(reauthenticate = false, page?: string): Promise<void> {
    const { createAuthorizationRequest, savePendingAuth } = await openid();
    const { url, pending } = await createAuthorizationRequest(this.config, reauthenticate, page);
    savePendingAuth(this.tabStorage, pending);
    if (this.isSignInRequested) location.replace(url);
    else location.assign(url);
  }

  /** The browser is back from the issuer: removes the code from the address and exchanges it. Throws if that fails. */
  async finishSignIn(): Promise<void> {
    const returned = new URL(location.href);
    if (!returned.searchParams.has("state")) return;
    const { takePendingAuth, exchangeCode } = await openid();
    const pending = takePendingAuth(this.tabStorage);
    history.replaceState(null, "", location.pathname + (pending?.hash ?? ""));
    if (!pending) throw new SignedOutError();
    this.#saveTokens(await exchangeCode(this.config, returned, pending), null);
  }

  /**
   * A valid access token. Given a token that was rejected, a new one. Throws SignedOutError if there is none, and
   * OtherAccountError if the tokens are of another account than this page's.
   */
  async accessToken(rejectedToken?: string): Promise<string> {
    const validToken = () => {
      const tokens = this.#requireTokens();
      return tokens.access !== rejectedToken && tokens.until - REFRESH_MARGIN > now() ? tokens.access : null;
    };
    const valid = validToken();
    if (valid !== null) return valid;
    const { withLock } = await openid();
    return withLock(`${this.config.client}:refresh`, async () => validToken() ?? this.#refresh());
  }

  /**
   * Signs out at the issuer and here. Throws, and changes nothing, while the issuer cannot be reached. `onSignedOut`
   * removes what else the account keeps in this browser.
   */
  async signOut(onSignedOut: () => void): Promise<void> {
    const tokens = this.#readTokens();
    const { endSession } = await openid();
    const url = await endSession(this.config, tokens?.refresh ?? null, tokens?.id ?? this.#clearedId);
    onSignedOut();
    this.storage.remove("leaving");
    this.#unstoredTokens = null;
    this.storage.remove("tokens");
    location.assign(url);
  }

  /** Requests a sign-out that happens as soon as the issuer can be reached. `party` names the data to remove then. */
  requestSignOut(party: string): void {
    this.storage.set("leaving", JSON.stringify({ party }));
  }

  /** The party whose sign-out is requested and not done yet; null if there is none. */
  get pendingSignOut(): string | null {
    const stored = this.storage.get("leaving");
    return stored === null
      ? null
      : (parseStored<{ party: string }>(stored, ({ party }) => typeof party === "string")?.party ?? "");
  }

  /** Removes the tokens of this page's account, never those of another account. */
  clearTokens(): void {
    const isOther = this.isOtherAccount;
    if (!isOther) this.#clearedId = this.#readTokens()?.id ?? this.#clearedId;
    this.#unstoredTokens = null;
    if (!isOther) this.storage.remove("tokens");
  }

  /** The tokens of this page's account. */
  #requireTokens(): Tokens {
    const tokens = this.#readTokens();
    if (tokens === null) throw new SignedOutError();
    if (tokens.account !== (this.#account ??= tokens.account)) throw new OtherAccountError();
    return tokens;
  }

  async #refresh(): Promise<string> {
    const tokens = this.#requireTokens();
    const { refreshTokens } = await openid();
    const tokenSet = tokens.refresh ? await refreshTokens(this.config, tokens.refresh) : null;
    const current = this.#requireTokens(); // another tab may have signed out, or signed in
    if (current.access !== tokens.access) return current.access;
    if (tokenSet) return this.#saveTokens(tokenSet, tokens);
    this.clearTokens();
    throw new SignedOutError();
  }

  #saveTokens({ account, access, refresh, id, seconds }: TokenSet, previous: Tokens | null): string {
    const until = now() + seconds * 1000;
    const tokens: Tokens = {
      account: previous?.account ?? account ?? "",
      access,
      refresh: refresh ?? previous?.refresh ?? null,
      id: id ?? previous?.id ?? null,
      until,
    };
    if (previous === null) this.#account = tokens.account; // a page belongs to the account that signs in on it
    const stored = this.storage.set("tokens", JSON.stringify(tokens));
    // Storage still has the old refresh token. If it were used a second time, the issuer would end the session of every
    // tab.
    if (!stored) this.storage.remove("tokens");
    this.#unstoredTokens = stored ? null : tokens;
    return access;
  }

  #readTokens(): Tokens | null {
    const isTokens = ({ access, until }: Partial<Tokens>) => typeof access === "string" && typeof until === "number";
    const tokens = parseStored<Tokens>(this.storage.stored("tokens"), isTokens) ?? this.#unstoredTokens;
    return tokens && { ...tokens, account: tokens.account ?? subjectIn(tokens.id) };
  }
}

/** The subject in an ID token that an earlier version of the site stored. It was verified when it arrived. */
function subjectIn(id: string | null): string {
  try {
    const payload = (id ?? "").split(".")[1] ?? "";
    return String((JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))) as { sub?: string }).sub ?? "");
  } catch {
    return "";
  }
}
