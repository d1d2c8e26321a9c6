// Whoever is signed in here is so on this site alone, and a refresh token is used once however many tabs are open.

import { alone } from "./alone";
import { recall, remember } from "./begun";
import { now } from "./clock";
import type { Config } from "./config";
import { lazily } from "./lazily";
import type { Given } from "./openid";
import { type Drawer, parsed } from "./storage";

interface Tokens {
  access: string;
  refresh: string | null;
  id: string | null;
  /** When to refresh. */
  until: number;
}

export class SignedOut extends Error {}

const EARLY = 30_000;
const load = () => import("./openid");
const openid = () => lazily(load);

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

  /** Leave for the issuer's sign-in page; `anew` asks for the password also of who is signed in there. */
  async begin(anew = false): Promise<void> {
    const { authorize } = await openid();
    const { url, begun } = await authorize(this.config, anew);
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

  /** An access token that is good now. Given one that was refused, another. Throws SignedOut when there is none to have. */
  async token(refused?: string): Promise<string> {
    const good = () => {
      const held = this.#read();
      if (held === null) throw new SignedOut();
      return held.access !== refused && held.until - EARLY > now() ? held.access : null;
    };
    return good() ?? alone(`${this.config.client}:refresh`, async () => good() ?? this.#refresh());
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
    const until = now() + seconds * 1000;
    const kept: Tokens = { access, refresh: refresh ?? before?.refresh ?? null, id: id ?? before?.id ?? null, until };
    this.kept.set("tokens", JSON.stringify(kept));
    return access;
  }

  #read(): Tokens | null {
    return parsed<Tokens>(this.kept.get("tokens"), ({ access, until }) => typeof access === "string" && typeof until === "number");
  }
}
