// All that one account has typed in this browser and the server does not have yet. It is opened with the account's id, so
// nothing can be read or stored before the account is known.

import { signal } from "@preact/signals";
import { drawer, type Drawer } from "../storage";
import { type Delivery, type Outcome, type PendingAct, PendingActs } from "./pending-acts";
import { type ActKind, placeOf } from "./place";
import { DraftStore, type Fields, isEmpty, isSame } from "./draft-store";
import { keyOf, sealed } from "./sealed";
import { cleanLine, cleanText } from "./text";

export interface AccountName {
  /** The site. */
  client: string;
  /** The party, as the server names it. */
  party: string;
  /** The subject in the account's tokens. It encrypts what is stored. */
  subject: string;
}

export type Raised =
  | { t: "kept"; thread: string }
  /** The answer is lost: the thread may be there. */
  | { t: "unsure" }
  /** It did not leave this device. */
  | { t: "unreached" }
  /** Another tab has sent or changed this text. */
  | { t: "changed" }
  | { t: "refused"; sentence: string };

export interface RaisedThread {
  school: string;
  thread: string;
  /** The text had been changed since: it waits as a draft in the thread. */
  changed: boolean;
}

export class Account {
  readonly drafts: DraftStore;
  readonly acts: PendingActs;
  /** The last raise that the server confirmed to this tab. */
  readonly raised = signal<RaisedThread | null>(null);

  constructor(
    readonly party: string,
    readonly drawer: Drawer,
    readonly delivery: Delivery,
  ) {
    this.drafts = new DraftStore(drawer);
    this.acts = new PendingActs(drawer, delivery, (act, thread) => this.#kept(act, thread));
  }

  /** Send the draft of a place as it is shown. False if another tab has sent or changed it meanwhile. */
  send(kind: Exclude<ActKind, "raise">, about: string): boolean {
    const place = placeOf({ kind, about });
    const sent = this.drafts.take(place, () => void this.acts.add(kind, about, this.drafts.of(place)));
    if (sent) this.acts.storeAgain(); // the draft has made room
    if (sent) void this.acts.drain(place);
    return sent;
  }

  /** Raise a thread with the draft of a school. An earlier attempt without an answer is repeated first, as it was. */
  raise(school: string): Promise<Raised> {
    const place = placeOf({ kind: "raise", about: school });
    const shown = this.drafts.of(place);
    return this.#alone(`act.${place}`, async () => {
      this.acts.reread();
      for (const before of this.acts.of(place)) {
        const result = await this.#attemptRaise(before);
        if (result.t !== "refused") return result;
      }
      if (isEmpty(shown) || !this.drafts.shows(place, shown)) return { t: "changed" };
      const act = this.acts.add("raise", school, shown);
      if (!this.acts.kept.peek()) {
        this.drafts.hold(place); // else another tab could raise it too, with another key
        this.acts.storeAgain();
      }
      return this.#attemptRaise(act);
    });
  }

  /** Whether the browser keeps all that is written here. If not, some of it lasts only as long as this page. */
  get isKept(): boolean {
    return this.drafts.kept.value && this.acts.kept.value;
  }

  /** Another tab of this browser has changed what is stored. */
  heard(name: string): void {
    this.drafts.heard(name);
    this.acts.heard(name);
  }

  /** Whether the next sign-in of this account will find something here. */
  get isStored(): boolean {
    return this.drafts.isStored || this.acts.isStored;
  }

  /** The account signs out: nothing of it stays in this browser. */
  clear(): void {
    this.acts.clear();
    this.drafts.clear();
  }

  async #attemptRaise(act: PendingAct): Promise<Raised> {
    const outcome = await this.acts.attempt(act);
    const confirmed = this.raised.peek();
    if (outcome.t === "kept" && outcome.thread) return { t: "kept", thread: outcome.thread };
    if (!this.acts.of(placeOf(act)).some(({ key }) => key === act.key) && confirmed?.school === act.about) {
      return { t: "kept", thread: confirmed.thread }; // a frame said so before the answer
    }
    if (!isDecided(act, outcome)) return { t: "unsure" };
    this.acts.discard(act.key);
    return outcome.t === "lost" ? { t: "unreached" } : { t: "refused", sentence: ("sentence" in outcome && outcome.sentence) || "" };
  }

  /** The server has an act. What was written in place of a raise's text becomes a draft in its thread. */
  #kept(act: PendingAct, thread: string | undefined): void {
    if (act.kind !== "raise" || !thread) return;
    const place = placeOf(act);
    const changed = this.drafts.settle(place, ({ text, subject }) => isSame({ text: cleanText(text), subject: cleanLine(subject) }, act));
    if (changed) this.drafts.giveBack(thread, { text: joinedText(act, changed), subject: "" });
    this.raised.value = { school: act.about, thread, changed: changed !== null };
  }

  async #alone<T>(name: string, run: () => Promise<T>): Promise<T> {
    let result: { value: T } | undefined;
    await this.delivery.alone(name, async () => void (result = { value: await run() }));
    if (!result) throw new Error("the lock was not given");
    return result.value;
  }
}

/** Whether the server certainly does not have an act, by any of its attempts. */
function isDecided(act: PendingAct, outcome: Outcome): boolean {
  if (outcome.t === "refused" && outcome.decided) return true;
  if (act.unsure) return false;
  return outcome.t === "lost" ? outcome.left === false : true;
}

/** A message has no subject: one that was changed stands above the text. */
function joinedText(act: Fields, { text, subject }: Fields): string {
  return cleanLine(subject) === act.subject || subject.trim() === "" ? text : `${subject}\n\n${text}`;
}

/** Open what an account keeps in this browser. */
export async function openAccount(name: AccountName, storage: Storage | null, delivery: Delivery): Promise<Account> {
  const key = await keyOf(name.subject, `${name.client} ${name.party}`);
  const plain = drawer(storage, `${name.client}:${name.party}`);
  const account = new Account(name.party, sealed(plain, key), delivery);
  takeOver(plain, account);
  drawer(storage, "nobody").keys("").forEach((entry) => drawer(storage, "nobody").remove(entry));
  return account;
}

/** Take over what an earlier version of the sites stored unencrypted. What it stored for nobody is removed above. */
function takeOver(plain: Drawer, account: Account): void {
  for (const entry of plain.keys("draft:")) {
    const place = entry.slice("draft:".length);
    account.drafts.giveBack(place, parsed(plain.get(entry) ?? "", place.startsWith("raise:")));
    plain.remove(entry);
  }
  for (const entry of plain.keys("outbox:")) {
    const { key, thread, text, n } = parsed(plain.get(entry) ?? "", true) as Fields & { key?: string; thread?: string; n?: number };
    if (key && thread) account.acts.adopt({ key, kind: "message", about: thread, text, n: n ?? 1 });
    plain.remove(entry);
  }
}

function parsed(stored: string, json: boolean): Fields {
  try {
    return json ? { text: "", subject: "", ...(JSON.parse(stored) as Partial<Fields>) } : { text: stored, subject: "" };
  } catch {
    return { text: "", subject: "" };
  }
}
