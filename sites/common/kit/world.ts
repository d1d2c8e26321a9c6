// One browser with several tabs, two people who share it, and a server that may lose its answers: the model in which
// random histories look for texts that are lost, doubled, sent as another's or shown to another.

import { Auth, OtherAccount, SignedOut } from "../auth";
import { type Account, openAccount } from "../drafts/account";
import type { Delivery, Outcome, PendingAct } from "../drafts/pending-acts";
import { placeOf } from "../drafts/place";
import { drawer } from "../storage";
import { Locks, MemoryStorage } from "./browser";
import { config } from "./page";

export const PEOPLE = ["ann", "bob"] as const;
export type Somebody = (typeof PEOPLE)[number];
export const THREADS = ["exam", "loan"] as const;
export const SCHOOL = "law";
export const PLACES = [...THREADS, "note:exam", `raise:${SCHOOL}`] as const;

/** What becomes of the next act on its way. */
export type Fate = "kept" | "cut" | "lost" | "busy" | "slow";
/** A fault that is built in on purpose, to see that the histories find it. */
export type Plant = "shared key" | "early read" | "unbound call" | "deletes first" | null;

declare function setImmediate(run: (nothing: void) => void): unknown; // Node's

/** Let everything that is under way, and needs no other step, be done. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Kept {
  by: Somebody;
  place: string;
  text: string;
}

/** Keeps each key of a person once. Threads end and go. */
export class Server {
  readonly kept = new Map<string, Kept>();
  readonly ended = new Set<string>();
  readonly gone = new Set<string>();
  readonly revoked = new Set<string>();
  reachable = true;
  fates: Fate[] = [];
  readonly #slow: (() => void)[] = [];

  async take(by: Somebody, act: PendingAct): Promise<Outcome> {
    const fate = this.reachable ? (this.fates.shift() ?? "kept") : "cut";
    if (fate === "cut") return { t: "lost" };
    if (fate === "busy") return { t: "refused", sentence: "busy" };
    if (fate === "slow") await new Promise<void>((resolve) => this.#slow.push(resolve));
    const outcome = this.#decide(by, act);
    return fate === "lost" ? { t: "lost" } : outcome;
  }

  /** What was slow arrives now. */
  catchUp(): void {
    this.#slow.splice(0).forEach((go) => go());
  }

  #decide(by: Somebody, act: PendingAct): Outcome {
    const place = placeOf(act);
    const thread = act.kind === "raise" ? `${by}'s thread ${act.key}` : act.about;
    if (this.gone.has(act.about)) return { t: "refused", sentence: "gone", decided: true };
    if (this.kept.has(`${by} ${act.key}`)) return { t: "kept", thread };
    if (this.ended.has(act.about) && act.kind === "message") return { t: "refused", sentence: "ended", decided: true };
    this.kept.set(`${by} ${act.key}`, { by, place, text: [act.subject, act.text].filter(Boolean).join(" ") });
    return { t: "kept", thread };
  }
}

/** What all tabs share. */
export class SharedBrowser {
  readonly storage = new MemoryStorage();
  readonly locks = new Locks();
  readonly tabs: Tab[] = [];
  forbidden = false;
  signIns = 0;

  constructor(
    readonly server: Server,
    readonly plant: Plant,
    tabs: number,
  ) {
    for (let n = 0; n < tabs; n++) this.tabs.push(new Tab(this));
  }

  /** Somebody signs in at the issuer, in whichever tab: the tokens replace those that were there. */
  signIn(who: Somebody): void {
    const access = `${who} ${++this.signIns}`;
    const tokens = { account: `${who}'s subject`, access, refresh: null, id: null, until: Date.now() + 3_600_000 };
    if (!this.storage.full) this.storage.setItem("user:tokens", JSON.stringify(tokens));
  }

  /** Storage as one tab sees it: it hears of what the others change, later. */
  storageOf(tab: Tab): Storage {
    return new Proxy(this.storage, {
      get: (target, name) => {
        if (name === "getItem") return (key: string) => (this.#check(tab), target.getItem(key));
        if (name === "setItem") return (key: string, value: string) => (this.#check(tab), target.setItem(key, value), this.#tell(tab, key));
        if (name === "removeItem") return (key: string) => (this.#check(tab), target.removeItem(key), this.#tell(tab, key));
        return Reflect.get(target, name) as unknown;
      },
      ownKeys: (target) => (this.#check(tab), Reflect.ownKeys(target)),
    });
  }

  #check(tab: Tab): void {
    if (this.forbidden || tab.isClosed) throw new DOMException("forbidden", "SecurityError");
  }

  #tell(from: Tab, key: string): void {
    for (const page of this.tabs) if (page !== from) page.heard.push(key);
  }
}

/** A tab, with one page after the other in it. */
export class Tab {
  isClosed = false;
  heard: string[] = [];
  auth: Auth;
  account: Account | null = null;
  /** Who the page belongs to. */
  who: Somebody | null = null;
  phase: "loading" | "in" | "door" | "other" | "leaving" = "door";
  #page = 0;
  #ends: () => void = () => undefined;
  /** When the page is gone: then the browser gives its locks to the others. */
  #ended = Promise.resolve();

  constructor(readonly browser: SharedBrowser) {
    this.auth = this.#newAuth();
  }

  /** Load the site anew. The page before ends at once, with all that it was doing. */
  async load(): Promise<void> {
    this.#page++;
    this.#ends();
    this.#ended = new Promise((resolve) => (this.#ends = resolve));
    this.account?.acts.stop();
    this.account = null;
    this.who = null;
    this.heard = [];
    this.auth = this.#newAuth();
    this.phase = this.auth.leaving !== null ? "leaving" : this.auth.signedIn ? "loading" : "door";
    if (this.phase === "loading" && this.browser.plant === "early read") await this.#open("nobody", "");
  }

  /** The server says whose account this is. */
  async learnWho(): Promise<void> {
    if (this.phase !== "loading" || !this.browser.server.reachable) return;
    const by = await this.#caller();
    if (!by) return;
    this.who = by;
    await this.#open(`party of ${by}`, this.auth.account);
    this.phase = "in";
  }

  /** What another tab has changed arrives. */
  hear(): void {
    for (const key of this.heard.splice(0)) {
      if (key === "user:tokens") this.#tokensChanged();
      const prefix = `user:${this.account?.party}:`;
      if (this.account && key.startsWith(prefix)) this.account.heard(key.slice(prefix.length));
      if (key === "user:leaving" && this.auth.leaving !== null && this.phase !== "door") this.#stop("leaving");
    }
  }

  /** The connection comes back. */
  async reconnect(): Promise<void> {
    if (this.phase !== "in" || !(await this.#caller())) return;
    await this.account?.acts.flush("");
  }

  /** Sign out by choice. Whether it is done. */
  async signOut(): Promise<boolean> {
    const { account, auth, browser } = this;
    if (this.phase === "in") auth.leaveLater(account?.party ?? "");
    this.#stop("leaving");
    const kept = drawer(browser.storageOf(this), `user:${auth.leaving}`);
    const clear = () => {
      if (account?.party === auth.leaving) account?.clear();
      kept.keys("").forEach((name) => kept.remove(name));
    };
    if (browser.plant === "deletes first") clear();
    const done = await auth.leave(clear).then(() => true, () => false);
    if (done) this.phase = "door";
    return done;
  }

  /** Where something can be typed. */
  box(place: string): { text: string; subject: string } | null {
    const early = this.phase === "loading" && this.browser.plant === "early read";
    const about = place.split(":").at(-1) ?? "";
    const { server } = this.browser;
    const shut = server.gone.has(about) || (server.ended.has(about) && !place.includes(":"));
    return this.account && !shut && (this.phase === "in" || early) ? this.account.drafts.of(place) : null;
  }

  /** All texts of a place that are on the screen and not sent. */
  texts(): string[] {
    const { account } = this;
    if (!account || (this.phase !== "in" && this.phase !== "loading")) return [];
    const places = new Set([...account.drafts.places.peek(), ...PLACES]);
    const drafts = [...places].flatMap((place) => [account.drafts.of(place), ...account.drafts.of(place).aside]);
    return [...drafts, ...account.acts.items.peek()].map(({ text, subject }) => `${subject} ${text}`);
  }

  /** What is in this page's memory, whatever it shows. */
  memory(): string {
    const { account, phase } = this;
    if (!account) return "";
    this.phase = "in";
    const texts = this.texts().join(" ");
    this.phase = phase;
    return texts;
  }

  /** Whether the page says that it cannot keep what is typed in it. */
  get saidMemoryOnly(): boolean {
    return this.account?.isKept === false;
  }

  #newAuth(): Auth {
    return new Auth(config, drawer(this.browser.storageOf(this), "user"), drawer(new MemoryStorage(), "user"));
  }

  async #open(party: string, subject: string): Promise<void> {
    const page = this.#page;
    const opened = await openAccount({ client: "user", party, subject }, this.browser.storageOf(this), this.#delivery());
    if (page === this.#page) this.account = opened;
  }

  #delivery(): Delivery {
    const page = this.#page;
    const ended = this.#ended;
    const { server, locks, plant } = this.browser;
    const over = <T>() => new Promise<T>(() => undefined); // a page that is gone hears nothing any more
    let keys = 0;
    return {
      deliver: async (act) => {
        const by = await this.#caller();
        if (!by) return { t: "lost" };
        const outcome = await server.take(by, act);
        return page === this.#page ? outcome : over();
      },
      alone: async (name, run) => {
        const turn = async () => Promise.race([run(false), ended]);
        await locks.request(`user:${this.account?.party}:${name}`, turn);
        if (page !== this.#page) await over();
      },
      pause: async () => undefined,
      random: () => 0.5,
      newKey: () => (plant === "shared key" ? `the key of ${this.account?.party}` : `key ${page} ${this.browser.tabs.indexOf(this)} ${++keys}`),
    };
  }

  /** In whose name the server takes a call of this page. */
  async #caller(): Promise<Somebody | null> {
    const { plant, server, storage } = this.browser;
    try {
      const token = plant === "unbound call" ? unbound(storage) : await this.auth.token();
      if (server.revoked.has(token)) {
        this.auth.forget();
        throw new SignedOut();
      }
      return token.split(" ")[0] as Somebody;
    } catch (error) {
      this.#stop(error instanceof OtherAccount ? "other" : "door");
      return null;
    }
  }

  #tokensChanged(): void {
    if (!this.auth.signedIn) this.#stop("door");
    else if (this.auth.isOther) this.#stop("other");
  }

  #stop(phase: "door" | "other" | "leaving"): void {
    this.account?.acts.stop();
    this.phase = phase;
  }
}

function unbound(storage: Storage): string {
  const tokens = JSON.parse(storage.getItem("user:tokens") ?? "null") as { access: string } | null;
  if (!tokens) throw new SignedOut();
  return tokens.access;
}
