// A model: one browser with several tabs, two people who share it, and a server that may lose its answers. Random
// histories search it for texts that are lost, sent twice, sent under another name or shown to another person.

import { Auth, OtherAccountError, SignedOutError } from "../src/auth/auth";
import { type Account, openAccount } from "../src/sync/account";
import type { OutboxPort, DeliveryOutcome, OutboxItem } from "../src/sync/outbox";
import { targetOf } from "../src/sync/target";
import { storageNamespace } from "../src/browser/storage";
import { Locks, MemoryStorage } from "./fake-browser";
import { config } from "./test-page";

export const PEOPLE = ["ann", "bob"] as const;
export type Person = (typeof PEOPLE)[number];
export const THREADS = ["exam", "loan"] as const;
export const SCHOOL = "law";
export const TARGETS = [...THREADS, "note:exam", `raise:${SCHOOL}`] as const;

/** What happens to the next item that is sent. */
export type Fate = "kept" | "cut" | "lost" | "busy" | "slow";
/** A fault that is planted on purpose, to see that the histories find it. */
export type PlantedFault = "shared key" | "early read" | "unbound call" | "deletes first" | null;

declare function setImmediate(run: (nothing: void) => void): unknown; // from Node.js

/** Waits until everything that needs no other step is done. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface AcceptedText {
  by: Person;
  target: string;
  text: string;
}

/** Accepts each key of a person once. Threads end and disappear. */
export class ModelServer {
  readonly accepted = new Map<string, AcceptedText>();
  readonly ended = new Set<string>();
  readonly gone = new Set<string>();
  readonly revoked = new Set<string>();
  reachable = true;
  fates: Fate[] = [];
  readonly #slow: (() => void)[] = [];

  async take(by: Person, item: OutboxItem): Promise<DeliveryOutcome> {
    const fate = this.reachable ? (this.fates.shift() ?? "kept") : "cut";
    if (fate === "cut") return { t: "no_answer" };
    if (fate === "busy") return { t: "refused", sentence: "busy" };
    if (fate === "slow") await new Promise<void>((resolve) => this.#slow.push(resolve));
    const outcome = this.#decide(by, item);
    return fate === "lost" ? { t: "no_answer" } : outcome;
  }

  /** Delivers what was slow. */
  deliverSlow(): void {
    this.#slow.splice(0).forEach((go) => go());
  }

  #decide(by: Person, item: OutboxItem): DeliveryOutcome {
    const target = targetOf(item);
    const thread = item.kind === "raise" ? `${by}'s thread ${item.key}` : item.about;
    if (this.gone.has(item.about)) return { t: "refused", sentence: "gone", decided: true };
    if (this.accepted.has(`${by} ${item.key}`)) return { t: "accepted", thread };
    if (this.ended.has(item.about) && item.kind === "message")
      return { t: "refused", sentence: "ended", decided: true };
    this.accepted.set(`${by} ${item.key}`, { by, target, text: [item.subject, item.text].filter(Boolean).join(" ") });
    return { t: "accepted", thread };
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
    readonly server: ModelServer,
    readonly fault: PlantedFault,
    tabs: number,
  ) {
    for (let n = 0; n < tabs; n++) this.tabs.push(new Tab(this));
  }

  /** A person signs in at the issuer, in any tab. Their tokens replace the stored ones. */
  signIn(who: Person): void {
    const access = `${who} ${++this.signIns}`;
    const tokens = { account: `${who}'s subject`, access, refresh: null, id: null, until: Date.now() + 3_600_000 };
    if (!this.storage.full) this.storage.setItem("user:tokens", JSON.stringify(tokens));
  }

  /** The storage as one tab sees it. It is notified later of what the other tabs change. */
  storageOf(tab: Tab): Storage {
    return new Proxy(this.storage, {
      get: (target, name) => {
        if (name === "getItem") return (key: string) => (this.#check(tab), target.getItem(key));
        if (name === "setItem")
          return (key: string, value: string) => (
            this.#check(tab),
            target.setItem(key, value),
            this.#notifyTabs(tab, key)
          );
        if (name === "removeItem")
          return (key: string) => (this.#check(tab), target.removeItem(key), this.#notifyTabs(tab, key));
        return Reflect.get(target, name) as unknown;
      },
      ownKeys: (target) => (this.#check(tab), Reflect.ownKeys(target)),
    });
  }

  #check(tab: Tab): void {
    if (this.forbidden || tab.isClosed) throw new DOMException("forbidden", "SecurityError");
  }

  #notifyTabs(from: Tab, key: string): void {
    for (const page of this.tabs) if (page !== from) page.pendingEvents.push(key);
  }
}

/** A tab, with one page after another in it. */
export class Tab {
  isClosed = false;
  pendingEvents: string[] = [];
  auth: Auth;
  account: Account | null = null;
  /** The person whom the page belongs to. */
  who: Person | null = null;
  phase: "loading" | "app" | "signIn" | "otherAccount" | "signingOut" = "signIn";
  #page = 0;
  #endPage: () => void = () => undefined;
  /** Resolves when the page is gone: then the browser gives its locks to the other tabs. */
  #pageEnded = Promise.resolve();

  constructor(readonly browser: SharedBrowser) {
    this.auth = this.#newAuth();
  }

  /** Loads the site. The page before ends at once, with everything it was doing. */
  async load(): Promise<void> {
    this.#page++;
    this.#endPage();
    this.#pageEnded = new Promise((resolve) => (this.#endPage = resolve));
    this.account?.outbox.stop();
    this.account = null;
    this.who = null;
    this.pendingEvents = [];
    this.auth = this.#newAuth();
    this.phase = this.auth.pendingSignOut !== null ? "signingOut" : this.auth.isSignedIn ? "loading" : "signIn";
    if (this.phase === "loading" && this.browser.fault === "early read") await this.#open("nobody", "");
  }

  /** The server says whose account this is. */
  async loadAccount(): Promise<void> {
    if (this.phase !== "loading" || !this.browser.server.reachable) return;
    const by = await this.#caller();
    if (!by) return;
    this.who = by;
    await this.#open(`party of ${by}`, this.auth.account);
    this.phase = "app";
  }

  /** Handles what other tabs have changed. */
  handleEvents(): void {
    for (const key of this.pendingEvents.splice(0)) {
      if (key === "user:tokens") this.#tokensChanged();
      const prefix = `user:${this.account?.party}:`;
      if (this.account && key.startsWith(prefix)) this.account.onStorageChange(key.slice(prefix.length));
      if (key === "user:leaving" && this.auth.pendingSignOut !== null && this.phase !== "signIn")
        this.#stop("signingOut");
    }
  }

  /** The connection is back. */
  async reconnect(): Promise<void> {
    if (this.phase !== "app" || !(await this.#caller())) return;
    await this.account?.outbox.flush("");
  }

  /** Signs out. Returns whether it is done. */
  async signOut(): Promise<boolean> {
    const { account, auth, browser } = this;
    if (this.phase === "app") auth.requestSignOut(account?.party ?? "");
    this.#stop("signingOut");
    const kept = storageNamespace(browser.storageOf(this), `user:${auth.pendingSignOut}`);
    const clear = () => {
      if (account?.party === auth.pendingSignOut) account?.clear();
      kept.keys("").forEach((name) => kept.remove(name));
    };
    if (browser.fault === "deletes first") clear();
    const done = await auth.signOut(clear).then(
      () => true,
      () => false,
    );
    if (done) this.phase = "signIn";
    return done;
  }

  /** The draft that can be edited for a target; null if nothing can be typed. */
  editor(target: string): { text: string; subject: string } | null {
    const early = this.phase === "loading" && this.browser.fault === "early read";
    const about = target.split(":").at(-1) ?? "";
    const { server } = this.browser;
    const isClosedTarget = server.gone.has(about) || (server.ended.has(about) && !target.includes(":"));
    return this.account && !isClosedTarget && (this.phase === "app" || early) ? this.account.drafts.get(target) : null;
  }

  /** All texts on the screen that are not sent. */
  texts(): string[] {
    const { account } = this;
    if (!account || (this.phase !== "app" && this.phase !== "loading")) return [];
    const targets = new Set([...account.drafts.targets.peek(), ...TARGETS]);
    const drafts = [...targets].flatMap((target) => [
      account.drafts.get(target),
      ...account.drafts.get(target).conflicts,
    ]);
    return [...drafts, ...account.outbox.items.peek()].map(({ text, subject }) => `${subject} ${text}`);
  }

  /** All texts in this page's memory, whatever it shows. */
  textInMemory(): string {
    const { account, phase } = this;
    if (!account) return "";
    this.phase = "app";
    const texts = this.texts().join(" ");
    this.phase = phase;
    return texts;
  }

  /** Whether the page says that it cannot store what is typed in it. */
  get showsMemoryOnlyNotice(): boolean {
    return this.account?.isPersisted === false;
  }

  #newAuth(): Auth {
    return new Auth(
      config,
      storageNamespace(this.browser.storageOf(this), "user"),
      storageNamespace(new MemoryStorage(), "user"),
    );
  }

  async #open(party: string, subject: string): Promise<void> {
    const page = this.#page;
    const opened = await openAccount(
      { client: "user", party, subject },
      this.browser.storageOf(this),
      this.#delivery(),
    );
    if (page === this.#page) this.account = opened;
  }

  #delivery(): OutboxPort {
    const page = this.#page;
    const ended = this.#pageEnded;
    const { server, locks, fault } = this.browser;
    const over = <T>() => new Promise<T>(() => undefined); // a page that is gone gets no answer
    let keys = 0;
    return {
      deliver: async (item) => {
        const by = await this.#caller();
        if (!by) return { t: "no_answer" };
        const outcome = await server.take(by, item);
        return page === this.#page ? outcome : over();
      },
      withLock: async (name, run) => {
        const turn = async () => Promise.race([run(false), ended]);
        await locks.request(`user:${this.account?.party}:${name}`, turn);
        if (page !== this.#page) await over();
      },
      sleep: async () => undefined,
      random: () => 0.5,
      newKey: () =>
        fault === "shared key"
          ? `the key of ${this.account?.party}`
          : `key ${page} ${this.browser.tabs.indexOf(this)} ${++keys}`,
    };
  }

  /** The person in whose name the server accepts a call of this page. */
  async #caller(): Promise<Person | null> {
    const { fault, server, storage } = this.browser;
    try {
      const token = fault === "unbound call" ? tokenOfAnyAccount(storage) : await this.auth.accessToken();
      if (server.revoked.has(token)) {
        this.auth.clearTokens();
        throw new SignedOutError();
      }
      return token.split(" ")[0] as Person;
    } catch (error) {
      this.#stop(error instanceof OtherAccountError ? "otherAccount" : "signIn");
      return null;
    }
  }

  #tokensChanged(): void {
    if (!this.auth.isSignedIn) this.#stop("signIn");
    else if (this.auth.isOtherAccount) this.#stop("otherAccount");
  }

  #stop(phase: "signIn" | "otherAccount" | "signingOut"): void {
    this.account?.outbox.stop();
    this.phase = phase;
  }
}

function tokenOfAnyAccount(storage: Storage): string {
  const tokens = JSON.parse(storage.getItem("user:tokens") ?? "null") as { access: string } | null;
  if (!tokens) throw new SignedOutError();
  return tokens.access;
}
