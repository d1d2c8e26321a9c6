// What a person has marked as unread, and which notes they have seen: of their own, and in this browser alone. The server's
// read marks only grow, and nobody else may see that somebody has not read something.

import { signal } from "@preact/signals";
import type { StorageNamespace } from "../browser/storage";
import type { InternalEntry } from "./internal-notes";

const UNREAD = "unread.";
const NOTES = "notes.";

export class ReadingMarks {
  /** The threads that are marked as unread. */
  readonly unread = signal<ReadonlySet<string>>(new Set());
  readonly #seenNotes = signal<ReadonlyMap<string, number>>(new Map());

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
    this.#reload();
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
    if (!this.#seenNotes.peek().has(id)) return;
    this.storage.remove(NOTES + id);
    this.#reload();
  }

  onStorageChange(name: string): void {
    if (name.startsWith(UNREAD) || name.startsWith(NOTES)) this.#reload();
  }

  clear(): void {
    for (const prefix of [UNREAD, NOTES]) this.storage.keys(prefix).forEach((name) => this.storage.remove(name));
    this.#reload();
  }

  #reload(): void {
    const idsOf = (prefix: string) => this.storage.keys(prefix).map((name) => name.slice(prefix.length));
    this.unread.value = new Set(idsOf(UNREAD));
    this.#seenNotes.value = new Map(idsOf(NOTES).map((id) => [id, Number(this.storage.get(NOTES + id)) || 0]));
  }
}
