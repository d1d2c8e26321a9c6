// Whoever is signed in here is so on this site alone, and a refresh token is used once however many tabs are open.

import type { Config } from "./config";
import type { Begun, Given } from "./openid";
import type { Drawer } from "./storage";

interface Tokens {
  access: string;
  refresh: string | null;
  id: string | null;
  /** When to refresh, by this device's clock: kept here, told to nobody. */
  until: number;
}

export class SignedOut extends Error {}

const EARLY = 30_000;
const openid = () => import("./openid");

export class Auth {
  /** `kept` is this browser's, `tab` ends with the tab. */
  constructor(
    readonly config: Config,
    readonly kept: Drawer,
    readonly tab: Drawer,
  ) {}

  get signedIn(): boolean {
    return this.#read() !== null;
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
    this.tab.set("begun", JSON.stringify(begun));
    if (this.called) location.replace(url);
    else location.assign(url);
  }

  /** Back from the issuer: exchange the code, once it is out of the address. Throws if this was such a return in vain. */
  async finish(): Promise<void> {
    const returned = new URL(location.href);
    if (!returned.searchParams.has("state")) return;
    const begun = JSON.parse(this.tab.get("begun") ?? "null") as Begun | null;
    this.tab.remove("begun");
    history.replaceState(null, "", location.pathname + (begun?.hash ?? ""));
    if (!begun) throw new SignedOut();
    const { exchange } = await openid();
    this.#keep(await exchange(this.config, returned, begun), null);
  }

  /** An access token that is good now. Given one that was refused, another. Throws SignedOut when there is none to have. */
  async token(refused?: string): Promise<string> {
    const good = () => {
      const held = this.#read();
      if (held === null) throw new SignedOut();
      return held.access !== refused && held.until - EARLY > Date.now() ? held.access : null;
    };
    return good() ?? navigator.locks.request(`${this.config.client}:refresh`, async () => good() ?? this.#refresh());
  }

  /** Sign out here and at the issuer, which sends the browser back to this site. */
  async leave(): Promise<void> {
    const held = this.#read();
    this.forget();
    const { farewell } = await openid();
    location.assign(await farewell(this.config, held?.refresh ?? null, held?.id ?? null));
  }

  forget(): void {
    this.kept.remove("tokens");
  }

  async #refresh(): Promise<string> {
    const held = this.#read();
    const { renew } = await openid();
    const given = held?.refresh ? await renew(this.config, held.refresh) : null;
    if (given) return this.#keep(given, held);
    this.forget();
    throw new SignedOut();
  }

  #keep({ access, refresh, id, seconds }: Given, before: Tokens | null): string {
    const until = Date.now() + seconds * 1000;
    const kept: Tokens = { access, refresh: refresh ?? before?.refresh ?? null, id: id ?? before?.id ?? null, until };
    this.kept.set("tokens", JSON.stringify(kept));
    return access;
  }

  #read(): Tokens | null {
    return JSON.parse(this.kept.get("tokens") ?? "null") as Tokens | null;
  }
}
