// What one account has written in this browser and the server does not have yet. It is opened with the account's id, so
// nothing can be read or stored before the account is known.

import { signal } from "@preact/signals";
import { route, type Route } from "../browser/route";
import { storageNamespace, type StorageNamespace } from "../browser/storage";
import { type OutboxPort, type DeliveryOutcome, type OutboxItem, Outbox } from "./outbox";
import { type OutboxKind, targetOf } from "./target";
import { DraftStore, type DraftFields, isEmpty, isSame } from "./draft-store";
import { deriveKey, encryptedStorage } from "./encrypted-storage";
import { FORM } from "./target";
import { ReadingMarks } from "./reading-marks";
import { cleanLine, cleanText } from "../i18n/clean-text";

export interface AccountIdentity {
  /** The site. */
  client: string;
  /** The id of the party. */
  party: string;
  /** The subject in the account's tokens. It encrypts what is stored. */
  subject: string;
}

export type RaiseResult =
  | { t: "accepted"; thread: string }
  /** The answer was lost: the thread may exist. */
  | { t: "unknown" }
  /** It was not sent. */
  | { t: "not_sent" }
  /** Another tab has sent or changed this text. */
  | { t: "changed" }
  | { t: "refused"; sentence: string };

export interface ConfirmedRaise {
  school: string;
  thread: string;
  /** The text was changed after it was sent: the change is a draft in the thread. */
  changed: boolean;
  /** What the page showed when it was confirmed: only that page goes on to the thread. */
  shownBy: Route;
}

export class Account {
  readonly drafts: DraftStore;
  readonly outbox: Outbox;
  readonly marks: ReadingMarks;
  /** The last raise that the server confirmed to this tab. */
  readonly confirmedRaise = signal<ConfirmedRaise | null>(null);

  constructor(
    readonly party: string,
    readonly storage: StorageNamespace,
    readonly port: OutboxPort,
  ) {
    this.drafts = new DraftStore(storage);
    this.marks = new ReadingMarks(party, storage);
    this.outbox = new Outbox(storage, port, (item, thread) => this.#onConfirmed(item, thread));
  }

  /** Sends the draft of a target as this tab shows it. Returns false if another tab has sent or changed it. */
  send(kind: Exclude<OutboxKind, "raise">, about: string): boolean {
    const target = targetOf({ kind, about });
    const isTaken = this.drafts.takeForSending(
      target,
      () => void this.outbox.add(kind, about, this.drafts.get(target)),
    );
    if (isTaken) this.outbox.persistUnstored(); // the removed draft has made room
    if (isTaken) void this.outbox.sendAll(target);
    return isTaken;
  }

  /** Raises a thread with the draft for a school. An earlier attempt without an answer is repeated first, as it was. */
  raise(school: string): Promise<RaiseResult> {
    const target = targetOf({ kind: "raise", about: school });
    const draft = this.drafts.get(target);
    return this.#withLock(`act.${target}`, async () => {
      this.outbox.reload();
      for (const earlier of this.outbox.itemsFor(target)) {
        const result = await this.#attemptRaise(earlier);
        if (result.t !== "refused") return result;
      }
      if (isEmpty(draft) || !this.drafts.isCurrent(target, draft)) return { t: "changed" };
      const item = this.outbox.add("raise", school, draft);
      if (!this.outbox.isPersisted.peek()) {
        this.drafts.keepInMemory(target); // or else another tab could raise it too, with another key
        this.outbox.persistUnstored();
      }
      return this.#attemptRaise(item);
    });
  }

  /** Whether all that is written here is stored. If not, some of it lasts only as long as this page. */
  get isPersisted(): boolean {
    return this.drafts.isPersisted.value && this.outbox.isPersisted.value;
  }

  /** Another tab of this browser has changed the storage. */
  onStorageChange(name: string): void {
    this.drafts.onStorageChange(name);
    this.outbox.onStorageChange(name);
    this.marks.onStorageChange(name);
  }

  /** Whether the next sign-in of this account will find something here. */
  get hasStoredText(): boolean {
    return this.drafts.hasStoredText || this.outbox.hasStoredItems || this.storage.keys(FORM).length > 0;
  }

  /** The account signs out: removes all that it stored in this browser. */
  clear(): void {
    this.outbox.clear();
    this.drafts.clear();
    this.marks.clear();
    this.storage.keys(FORM).forEach((name) => this.storage.remove(name));
  }

  async #attemptRaise(item: OutboxItem): Promise<RaiseResult> {
    const outcome = await this.outbox.attemptSend(item);
    const confirmed = this.confirmedRaise.peek();
    if (outcome.t === "accepted" && outcome.thread) return { t: "accepted", thread: outcome.thread };
    if (!this.outbox.itemsFor(targetOf(item)).some(({ key }) => key === item.key) && confirmed?.school === item.about) {
      return { t: "accepted", thread: confirmed.thread }; // a frame confirmed it before the answer
    }
    if (!isDefinitelyRejected(item, outcome)) return { t: "unknown" };
    this.outbox.discard(item.key);
    return outcome.t === "no_answer"
      ? { t: "not_sent" }
      : { t: "refused", sentence: ("sentence" in outcome && outcome.sentence) || "" };
  }

  /** The server has an item. If the text of a raise was changed since, the change becomes a draft in its thread. */
  #onConfirmed(item: OutboxItem, thread: string | undefined): void {
    if (item.kind !== "raise" || !thread) return;
    const target = targetOf(item);
    const changed = this.drafts.confirmSent(target, ({ text, subject }) =>
      isSame({ text: cleanText(text), subject: cleanLine(subject) }, item),
    );
    if (changed) this.drafts.restore(thread, { text: withSubject(item, changed), subject: "" });
    this.confirmedRaise.value = { school: item.about, thread, changed: changed !== null, shownBy: route.peek() };
  }

  async #withLock<T>(name: string, run: () => Promise<T>): Promise<T> {
    let result: { value: T } | undefined;
    await this.port.withLock(name, async () => void (result = { value: await run() }));
    if (!result) throw new Error("the lock was not given");
    return result.value;
  }
}

/** Whether the server certainly does not have an item from any of its attempts. */
function isDefinitelyRejected(item: OutboxItem, outcome: DeliveryOutcome): boolean {
  if (outcome.t === "refused" && outcome.decided) return true;
  if (item.unsure || item.attempting) return false;
  return outcome.t === "no_answer" ? outcome.sent === false : true;
}

/** A message has no subject: a changed subject is put above the text. */
function withSubject(item: DraftFields, { text, subject }: DraftFields): string {
  return cleanLine(subject) === item.subject || subject.trim() === "" ? text : `${subject}\n\n${text}`;
}

/** Opens what an account has stored in this browser. */
export async function openAccount(
  name: AccountIdentity,
  storage: Storage | null,
  delivery: OutboxPort,
): Promise<Account> {
  const key = await deriveKey(name.subject, `${name.client} ${name.party}`);
  const unencrypted = storageNamespace(storage, `${name.client}:${name.party}`);
  const account = new Account(name.party, encryptedStorage(unencrypted, key), delivery);
  migrateUnencrypted(unencrypted, account);
  storageNamespace(storage, "nobody")
    .keys("")
    .forEach((entry) => storageNamespace(storage, "nobody").remove(entry));
  return account;
}

/** Migrates what an earlier version of the sites stored unencrypted. */
function migrateUnencrypted(unencrypted: StorageNamespace, account: Account): void {
  for (const entry of unencrypted.keys("draft:")) {
    const target = entry.slice("draft:".length);
    account.drafts.restore(target, parseUnencrypted(unencrypted.get(entry) ?? "", target.startsWith("raise:")));
    unencrypted.remove(entry);
  }
  for (const entry of unencrypted.keys("outbox:")) {
    const { key, thread, text, n } = parseUnencrypted(unencrypted.get(entry) ?? "", true) as DraftFields & {
      key?: string;
      thread?: string;
      n?: number;
    };
    if (key && thread) account.outbox.addMigrated({ key, kind: "message", about: thread, text, n: n ?? 1 });
    unencrypted.remove(entry);
  }
}

function parseUnencrypted(stored: string, json: boolean): DraftFields {
  try {
    return json
      ? { text: "", subject: "", ...(JSON.parse(stored) as Partial<DraftFields>) }
      : { text: stored, subject: "" };
  } catch {
    return { text: "", subject: "" };
  }
}
