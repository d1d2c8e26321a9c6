// What a person has marked as unread, which notes they have seen, and which of those that they have not seen mention them:
// of their own, and in this browser alone. The server's read marks only grow, and nobody else may see that somebody has not
// read something.

import { signal } from "@preact/signals";
import type { StorageNamespace } from "../browser/storage";
import type { InternalEntry } from "./internal-notes";

const UNREAD = "unread.";
const NOTES = "notes.";
const MENTIONS = "mentions.";
const PREFIXES = [UNREAD, NOTES, MENTIONS];

export class ReadingMarks {
  /** The threads that are marked as unread. */
  readonly unread = signal<ReadonlySet<string>>(new Set());
  readonly #seenNotes = signal<ReadonlyMap<string, number>>(new Map());
  /** The number of the last note that mentions this person. */
  readonly #mentions = signal<ReadonlyMap<string, number>>(new Map());

  constructor(
    readonly party: string,
    readonly storage: StorageNamespace,
  ) {
    this.#reload();
  }

  markUnread(id: string): void {
    this.storage.set(UNREAD + id, "1");
    this.#reload();
  }

  /** The thread is opened. */
  clearUnread(id: string): void {
    if (!this.unread.peek().has(id)) return;
    this.storage.remove(UNREAD + id);
    this.#reload();
  }

  /** The number of the last note that was seen; 0 if none was. */
  seenNote(id: string): number {
    return this.#seenNotes.value.get(id) ?? 0;
  }

  seeNotes(id: string, entries: readonly InternalEntry[]): void {
    const seq = entries.at(-1)?.seq ?? 0;
    if (seq <= (this.#seenNotes.peek().get(id) ?? 0)) return;
    this.storage.set(NOTES + id, String(seq));
    if (!this.#isUnseenMention(id, seq)) this.storage.remove(MENTIONS + id);
    this.#reload();
  }

  /** A note mentions this person. Its thread is marked until they have seen the note. */
  markMention(id: string, seq: number): void {
    if (!(seq > Math.max(this.seenNote(id), this.#mentions.peek().get(id) ?? 0))) return;
    this.storage.set(MENTIONS + id, String(seq));
    this.#reload();
  }

  hasMention(id: string): boolean {
    return this.#isUnseenMention(id, this.seenNote(id));
  }

  /** The notes of others that were not seen yet. */
  unseenNotes(id: string, entries: readonly InternalEntry[] = []): readonly InternalEntry[] {
    const seen = this.seenNote(id);
    return entries.filter((entry) => entry.seq > seen && this.isOfOther(entry));
  }

  isOfOther(entry: InternalEntry): boolean {
    return entry.as === "worker_note" ? !entry.mine : entry.as === "school_note" && entry.author !== this.party;
  }

  /** The thread is gone for this person. */
  forget(id: string): void {
    this.clearUnread(id);
    const isKnown = this.#seenNotes.peek().has(id) || this.#mentions.peek().has(id);
    if (!isKnown) return;
    for (const prefix of [NOTES, MENTIONS]) this.storage.remove(prefix + id);
    this.#reload();
  }

  onStorageChange(name: string): void {
    if (PREFIXES.some((prefix) => name.startsWith(prefix))) this.#reload();
  }

  clear(): void {
    for (const prefix of PREFIXES) this.storage.keys(prefix).forEach((name) => this.storage.remove(name));
    this.#reload();
  }

  #isUnseenMention(id: string, seen: number): boolean {
    return (this.#mentions.value.get(id) ?? 0) > seen;
  }

  #reload(): void {
    const idsOf = (prefix: string) => this.storage.keys(prefix).map((name) => name.slice(prefix.length));
    const numbersOf = (prefix: string) =>
      new Map(idsOf(prefix).map((id) => [id, Number(this.storage.get(prefix + id)) || 0]));
    this.unread.value = new Set(idsOf(UNREAD));
    this.#seenNotes.value = numbersOf(NOTES);
    this.#mentions.value = numbersOf(MENTIONS);
  }
}
