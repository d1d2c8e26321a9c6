// The outbox holds what its author has sent and the server has not confirmed: messages, notes and raises.
//
// An item is stored before it is sent, with a key and a text that never change: so a retry after a lost answer is the
// same item. Only one item of a target is sent at a time, whichever tab sends it. After a reconnect, items of different
// targets are sent at random times: sent together, they would tell a worker that one person owns the threads (leak 28).

import { signal } from "@preact/signals";
import type { StorageNamespace } from "../browser/storage";
import { cleanLine, cleanText } from "../i18n/clean-text";
import type { DraftFields } from "./draft-store";
import { type OutboxKind, targetOf } from "./target";

export interface OutboxItem extends DraftFields {
  readonly key: string;
  readonly kind: OutboxKind;
  /** The thread; for a raise, the school. */
  readonly about: string;
  /** The position among the items of its target. It does not come from a clock. */
  readonly n: number;
  /** Why the server refused it. */
  readonly refused: string | null;
  /** Whether an attempt got no answer: the server may have it. */
  readonly unsure: boolean;
  /** Whether an attempt of a raise has no outcome yet. If its page was closed, the server may have the raise. */
  readonly attempting?: boolean;
}

export type DeliveryOutcome =
  | { t: "accepted"; thread?: string }
  /** No answer: the connection ended first. `sent` is false if it was certainly not sent. */
  | { t: "no_answer"; sent?: false }
  /** Not now; it may be sent again soon. */
  | { t: "retry_later"; sentence?: string }
  /** Refused. `decided`: no earlier attempt with this key was accepted either. */
  | { t: "refused"; sentence: string; decided?: boolean };

export interface OutboxPort {
  /** Sends one item to the server, and returns the outcome. */
  deliver(item: OutboxItem): Promise<DeliveryOutcome>;
  /** Runs alone among the tabs of this browser. `waited`: another tab held the lock before. */
  withLock(name: string, run: (waited: boolean) => Promise<void>): Promise<void>;
  sleep(ms: number): Promise<void>;
  random: () => number;
  /** A key that no other item has. */
  newKey(): string;
}

export const FLUSH_SPREAD = 20_000;
const RETRY_DELAYS = [2_000, 5_000, 10_000];
const PREFIX = "act.";

/**
 * When the items of each target are sent, in ms. If only the open thread has items, they are sent at once; or else all
 * wait for random times.
 */
export function scheduleFlush(targets: readonly string[], open: string, random: () => number): Map<string, number> {
  const isOnlyOpenThread = targets.length === 1 && targets[0] === open;
  return new Map(targets.map((target) => [target, isOnlyOpenThread ? 0 : randomDelay(random)]));
}

const randomDelay = (random: () => number): number => Math.floor(random() * FLUSH_SPREAD);

export class Outbox {
  readonly items = signal<readonly OutboxItem[]>([]);
  /** Whether all items are stored. If not, some last only as long as this page. */
  readonly isPersisted = signal(true);
  #stopped = false;
  /** The targets that wait for another random time, because another tab held their lock. */
  readonly #waitingTargets = new Set<string>();

  constructor(
    readonly storage: StorageNamespace,
    readonly port: OutboxPort,
    /** The server has an item of this account. */
    readonly onConfirmed: (item: OutboxItem, thread: string | undefined) => void = () => undefined,
  ) {
    this.reload();
  }

  /** Reads the storage again: another tab may have added, sent or discarded items. */
  reload(): void {
    const found = this.storage.keys(PREFIX).flatMap((name) => {
      const item = parseItem(this.storage.get(name));
      return item ? [item] : [];
    });
    this.items.value = found.sort((a, b) => a.n - b.n || (a.key < b.key ? -1 : 1));
    this.isPersisted.value = found.every((item) => this.storage.stored(PREFIX + item.key) !== null);
  }

  itemsFor(target: string): readonly OutboxItem[] {
    return this.items.peek().filter((item) => targetOf(item) === target);
  }

  /** Stores an item with the text that will be sent. */
  add(kind: OutboxKind, about: string, fields: DraftFields): OutboxItem {
    this.reload();
    const n = 1 + Math.max(0, ...this.itemsFor(targetOf({ kind, about })).map((item) => item.n));
    const texts = { text: cleanText(fields.text), subject: cleanLine(fields.subject) };
    return this.#save({ key: this.port.newKey(), kind, about, ...texts, n, refused: null, unsure: false });
  }

  /** Adds an item that an earlier version of the sites stored. */
  addMigrated(item: Pick<OutboxItem, "key" | "kind" | "about" | "text" | "n">): void {
    this.#save({ ...item, subject: "", refused: null, unsure: true });
  }

  retry(key: string): Promise<void> {
    const item = this.#find(key);
    if (!item) return Promise.resolve();
    this.#save({ ...item, refused: null });
    return this.sendAll(targetOf(item));
  }

  /** The author does not want to send it any more. */
  discard(key: string): void {
    if (!this.#find(key)) return;
    this.storage.remove(PREFIX + key);
    this.reload();
  }

  /** The server has it: an answer, a frame or the history says so. Only the author gets the key back. */
  confirm(key: string, thread?: string): void {
    if (!this.#find(key)) return;
    this.reload(); // another tab may have confirmed it first
    const item = this.#find(key);
    if (!item) return;
    this.onConfirmed(item, thread);
    this.discard(key);
  }

  /**
   * After a reconnect, sends every message and note, each target at its own time. A raise waits for its author, who may
   * be changing its text.
   */
  flush(open: string): Promise<unknown> {
    this.reload();
    return Promise.all(
      [...scheduleFlush(this.#targetsToSend(), open, this.port.random)].map(async ([target, ms]) => {
        if (ms > 0) await this.port.sleep(ms);
        await this.sendAll(target);
      }),
    );
  }

  /** Another tab has stored an item. This tab sends it if that tab dies; at once if no other target waits. */
  async sendForOtherTab(target: string): Promise<void> {
    if (this.#targetsToSend().some((other) => other !== target)) await this.port.sleep(randomDelay(this.port.random));
    await this.sendAll(target);
  }

  /**
   * Sends the items of a target. A tab that held the lock may have held others too, and lost them all at the same
   * moment. So if this tab had to wait for the lock, it waits for another random time; meanwhile the author can send
   * here.
   */
  async sendAll(target: string): Promise<void> {
    let mustPause = false as boolean;
    do {
      if (mustPause) await this.port.sleep(randomDelay(this.port.random));
      if (mustPause) this.#waitingTargets.delete(target);
      await this.port.withLock(PREFIX + target, async (waited) => {
        const mustWait = waited && this.#nextItem(target) !== undefined;
        mustPause = mustWait && !this.#waitingTargets.has(target); // one waiting call for each target is enough
        if (mustPause) this.#waitingTargets.add(target);
        if (!mustWait) await this.#sendInOrder(target);
      });
    } while (mustPause && !this.#stopped);
  }

  /** Sends in order, one item at a time, until there is none or the connection is lost. */
  async #sendInOrder(target: string): Promise<void> {
    let waits = 0;
    while (!this.#stopped) {
      const item = this.#nextItem(target);
      if (!item) return;
      const outcome = await this.attemptSend(item);
      if (outcome.t === "no_answer") return;
      const wait = outcome.t === "retry_later" ? RETRY_DELAYS[waits++] : undefined;
      if (wait !== undefined) await this.port.sleep(wait);
      else if (outcome.t === "retry_later") this.#markRefused(item, "");
      else if (outcome.t === "refused") this.#markRefused(item, outcome.sentence);
      if (outcome.t === "accepted") waits = 0;
    }
  }

  #nextItem(target: string): OutboxItem | undefined {
    this.reload();
    return this.itemsFor(target).find((item) => item.refused === null);
  }

  /** The targets whose items are sent without the author: raises are not. */
  #targetsToSend(): string[] {
    const items = this.items.peek().filter((item) => item.refused === null && item.kind !== "raise");
    return [...new Set(items.map(targetOf))];
  }

  /** Makes one attempt. The caller holds the lock of the target. */
  async attemptSend(item: OutboxItem): Promise<DeliveryOutcome> {
    if (this.#stopped) return { t: "no_answer" };
    const unsure = item.unsure || item.attempting === true;
    const isRaise = item.kind === "raise"; // only a raise may get another key, if it is certain that it was rejected
    if (isRaise) this.#update(item, { unsure, attempting: true });
    const outcome = await this.port.deliver(item);
    const isLost = outcome.t === "no_answer" && outcome.sent !== false;
    if (outcome.t === "accepted") this.confirm(item.key, outcome.thread);
    else if (isRaise || (isLost && !item.unsure)) this.#update(item, { unsure: unsure || isLost, attempting: false });
    return outcome;
  }

  /** Whether storage holds an item: then it is still there at the next sign-in. */
  get hasStoredItems(): boolean {
    return this.storage.keys(PREFIX).some((name) => this.storage.stored(name) !== null);
  }

  stop(): void {
    this.#stopped = true;
  }

  clear(): void {
    this.stop();
    for (const name of this.storage.keys(PREFIX)) this.storage.remove(name);
    this.items.value = [];
  }

  onStorageChange(name: string): void {
    if (name.startsWith(PREFIX)) this.reload();
  }

  /** The server refused it: its author decides. */
  #markRefused(item: OutboxItem, sentence: string): void {
    this.#update(item, { refused: sentence });
  }

  /** Changes an item that is still there: its author may have discarded it or signed out. */
  #update(item: OutboxItem, change: Partial<Pick<OutboxItem, "refused" | "unsure" | "attempting">>): void {
    if (this.storage.get(PREFIX + item.key) === null) this.reload();
    else this.#save({ ...item, ...change });
  }

  #find(key: string): OutboxItem | undefined {
    return this.items.peek().find((item) => item.key === key);
  }

  #save(item: OutboxItem): OutboxItem {
    this.storage.set(PREFIX + item.key, JSON.stringify(item));
    this.reload();
    return item;
  }

  /** Stores the items that did not fit before. */
  persistUnstored(): void {
    const unstored = this.items.peek().filter((item) => this.storage.stored(PREFIX + item.key) === null);
    unstored.forEach((item) => this.storage.set(PREFIX + item.key, JSON.stringify(item)));
    this.reload();
  }
}

function parseItem(stored: string | null): OutboxItem | null {
  try {
    return stored ? (JSON.parse(stored) as OutboxItem) : null;
  } catch {
    return null;
  }
}
