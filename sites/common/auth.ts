// Whoever is signed in here is so on this site alone, and a refresh token is used once however many tabs are open.
//
// A page belongs to one account. When another tab signs in as another account, this page gets no token any more.

import { alone } from "./alone";
import { recall, remember } from "./begun";
import { now } from "./clock";
import type { Config } from "./config";
import { lazily } from "./lazily";
import type { Given } from "./openid";
import { type Drawer, parsed } from "./storage";

interface Tokens {
  /** The account's subject at the issuer. */
  account: string;
  access: string;
  refresh: string | null;
  id: string | null;
  /** When to refresh. */
  until: number;
}

export class SignedOut extends Error {}

/** Another account is signed in on this site than the one this page belongs to. */
export class OtherAccount extends Error {}

const EARLY = 30_000;
const load = () => import("./openid");
const openid = () => lazily(load);

export class Auth {
  #account: string | null = null;
  /** Tokens that storage had no room for: they last as long as this page. */
  #unstored: Tokens | null = null;

  /** `kept` is this browser's, `tab` ends with the tab. */
  constructor(
    readonly config: Config,
    readonly kept: Drawer,
    readonly tab: Drawer,
  ) {}

  get signedIn(): boolean {
    const held = this.#read();
    this.#account ??= held?.account ?? null;
    return held !== null;
  }

  /** The subject of the account that this page belongs to. */
  get account(): string {
    return this.#mine().account;
  }

  /** Whether another account has signed in on this site. */
  get isOther(): boolean {
    const held = this.#read();
    return held !== null && this.#account !== null && held.account !== this.#account;
  }

  /** Whether storage could not take the tokens: another page, or this one reloaded, does not have them. */
  get isUnstored(): boolean {
    return this.#unstored !== null;
  }

  /** Whether the issuer sends someone here to sign in, who has just made an account: OpenID Connect Core §4. */
  get called(): boolean {
    const { searchParams } = new URL(location.href);
    return searchParams.get("iss") === this.config.issuer && !searchParams.has("state");
  }

  /** Leave for the issuer's sign-in page; `anew` asks for the password also of who is signed in there. `page` is another
      page of the issuer that takes the same request. */
  async begin(anew = false, page?: string): Promise<void> {
    const { authorize } = await openid();
    const { url, begun } = await authorize(this.config, anew, page);
    remember(this.tab, begun);
    if (this.called) location.replace(url);
    else location.assign(url);
  }

  /** Back from the issuer: exchange the code, once it is out of the address. Throws if this was such a return in vain. */
  async finish(): Promise<void> {
    const returned = new URL(location.href);
    if (!returned.searchParams.has("state")) return;
    const begun = recall(this.tab);
    history.replaceState(null, "", location.pathname + (begun?.hash ?? ""));
    if (!begun) throw new SignedOut();
    const { exchange } = await openid();
    this.#keep(await exchange(this.config, returned, begun), null);
  }

  /** An access token that is good now. Given one that was refused, another. Throws SignedOut when there is none to have,
      and OtherAccount when the tokens are not of the account this page belongs to. */
  async token(refused?: string): Promise<string> {
    const good = () => {
      const held = this.#mine();
      return held.access !== refused && held.until - EARLY > now() ? held.access : null;
    };
    return good() ?? alone(`${this.config.client}:refresh`, async () => good() ?? this.#refresh());
  }

  /** Sign out at the issuer and here. Throws, with nothing changed here, while the issuer cannot be reached. `done` removes
      what else the account keeps in this browser. */
  async leave(done: () => void): Promise<void> {
    const held = this.#read();
    const { farewell } = await openid();
    const url = await farewell(this.config, held?.refresh ?? null, held?.id ?? null);
    done();
    this.kept.remove("leaving");
    this.#unstored = null;
    this.kept.remove("tokens");
    location.assign(url);
  }

  /** Sign out as soon as the issuer can be reached. `party` names what else is to be removed then. */
  leaveLater(party: string): void {
    this.kept.set("leaving", JSON.stringify({ party }));
  }

  /** The party that asked to be signed out while the issuer could not be reached; null if none did. */
  get leaving(): string | null {
    const stored = this.kept.get("leaving");
    return stored === null ? null : (parsed<{ party: string }>(stored, ({ party }) => typeof party === "string")?.party ?? "");
  }

  /** Give up this account's tokens, never another's. */
  forget(): void {
    this.#unstored = null;
    if (!this.isOther) this.kept.remove("tokens");
  }

  /** The tokens of the account that this page belongs to. */
  #mine(): Tokens {
    const held = this.#read();
    if (held === null) throw new SignedOut();
    if (held.account !== (this.#account ??= held.account)) throw new OtherAccount();
    return held;
  }

  async #refresh(): Promise<string> {
    const held = this.#mine();
    const { renew } = await openid();
    const given = held.refresh ? await renew(this.config, held.refresh) : null;
    const mine = this.#mine(); // another tab may have signed out, or in
    if (mine.access !== held.access) return mine.access;
    if (given) return this.#keep(given, held);
    this.forget();
    throw new SignedOut();
  }

  #keep({ account, access, refresh, id, seconds }: Given, before: Tokens | null): string {
    const until = now() + seconds * 1000;
    const tokens: Tokens = {
      account: before?.account ?? account ?? "",
      access,
      refresh: refresh ?? before?.refresh ?? null,
      id: id ?? before?.id ?? null,
      until,
    };
    this.#account ??= tokens.account;
    const stored = this.kept.set("tokens", JSON.stringify(tokens));
    // Storage still has the old refresh token then. Used a second time, it would end the session for every tab.
    if (!stored) this.kept.remove("tokens");
    this.#unstored = stored ? null : tokens;
    return access;
  }

  #read(): Tokens | null {
    const fits = ({ access, until }: Partial<Tokens>) => typeof access === "string" && typeof until === "number";
    const held = parsed<Tokens>(this.kept.stored("tokens"), fits) ?? this.#unstored;
    return held && { ...held, account: held.account ?? subjectIn(held.id) };
  }
}

/** The subject in an ID token that an earlier version of this page has stored. It was verified when it came. */
function subjectIn(id: string | null): string {
  try {
    const payload = (id ?? "").split(".")[1] ?? "";
    return String((JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))) as { sub?: string }).sub ?? "");
  } catch {
    return "";
  }
}
