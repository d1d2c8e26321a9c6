// The drafts of one account, one for each target. Each letter is stored, and every tab of the account shows the same
// text.
//
// Two tabs can write before they hear of each other. Then no text replaces the other: the text that would be
// overwritten becomes a conflict, and its author can use it or discard it.

import { type Signal, signal } from "@preact/signals";
import type { StorageNamespace } from "../browser/storage";
import { newIdempotencyKey } from "./idempotency-key";

/** The fields of a form, as typed. Only a raise has a subject. */
export interface DraftFields {
  text: string;
  subject: string;
}

export interface Draft extends DraftFields {
  /** Texts for the same target that another tab wrote, or that could not be sent. */
  conflicts: readonly DraftFields[];
}

interface StoredDraft extends Draft {
  /** Changes with each write, so that a tab notices what another tab has written. */
  version: string;
}

const PREFIX = "draft.";
const EMPTY_DRAFT: StoredDraft = { text: "", subject: "", conflicts: [], version: "" };

export const isEmpty = ({ text, subject }: DraftFields): boolean => text.trim() === "" && subject.trim() === "";
export const isSame = (a: DraftFields, b: DraftFields): boolean =>
  a.text.trim() === b.text.trim() && a.subject.trim() === b.subject.trim();

export class DraftStore {
  /** Whether all that was written here is stored. If not, it lasts only as long as this page. */
  readonly isPersisted = signal(true);
  /** The targets that have a draft. */
  readonly targets = signal<readonly string[]>([]);
  readonly #drafts = new Map<string, Signal<StoredDraft>>();
  readonly #storedVersions = new Map<string, string>();
  /** Targets whose draft is not stored until it is written again. */
  readonly #memoryOnly = new Set<string>();

  constructor(readonly storage: StorageNamespace) {
    this.#updateTargets();
  }

  /** The draft of a target as this tab shows it. A component that reads it is drawn again when it changes. */
  get(target: string): Draft {
    return this.#signal(target).value;
  }

  write(target: string, fields: DraftFields): void {
    const draft = this.#mergeStored(target, fields);
    this.#memoryOnly.delete(target);
    this.#set(target, { ...draft, text: fields.text, subject: fields.subject });
  }

  /**
   * Sends the draft as this tab shows it. Returns false if another tab has sent or changed it and this tab has not
   * heard of it.
   */
  takeForSending(target: string, send: () => void): boolean {
    const before = this.#signal(target).peek();
    const stored = this.#readStored(target);
    if (stored.version === this.#storedVersions.get(target)) {
      send();
      this.#remove(target);
      this.#set(target, { ...before, text: "", subject: "" });
      return true;
    }
    this.#set(target, {
      ...stored,
      conflicts: mergeConflicts(stored.conflicts, [...before.conflicts, before], stored),
    });
    return false;
  }

  /** Whether these fields are what this tab shows and what is stored. */
  isCurrent(target: string, fields: DraftFields): boolean {
    const stored = this.#readStored(target);
    return isSame(this.#signal(target).peek(), fields) && stored.version === this.#storedVersions.get(target);
  }

  /**
   * The server has a text of this target, whichever tab sent it: the text is no draft any more. If the fields hold
   * another text, it is returned and removed.
   */
  confirmSent(target: string, isIt: (fields: DraftFields) => boolean): DraftFields | null {
    const draft = this.#mergeStored(target, this.#signal(target).peek());
    const { text, subject } = draft;
    if (isIt(this.#readStored(target))) this.#remove(target);
    this.#memoryOnly.delete(target);
    this.#set(target, { text: "", subject: "", conflicts: draft.conflicts.filter((fields) => !isIt(fields)) });
    return isEmpty(draft) || isIt(draft) ? null : { text, subject };
  }

  /** Frees storage, so that no other tab can send a draft that this tab is sending. The draft stays on the screen. */
  keepInMemory(target: string): void {
    this.#memoryOnly.add(target);
    this.#remove(target);
    this.isPersisted.value = false;
  }

  /** Gives a text back to its author: as the draft if that is empty, or else as a conflict. */
  restore(target: string, fields: DraftFields): void {
    if (isEmpty(fields)) return;
    const draft = this.#mergeStored(target, this.#signal(target).peek());
    if (isEmpty(draft)) this.#set(target, { ...draft, text: fields.text, subject: fields.subject });
    else this.#set(target, { ...draft, conflicts: mergeConflicts(draft.conflicts, [fields], draft) });
  }

  /** The author wants a conflicting text: it is exchanged with the draft. */
  useConflict(target: string, wanted: DraftFields): void {
    const draft = this.#mergeStored(target, this.#signal(target).peek());
    const conflicts = mergeConflicts(withoutText(draft.conflicts, wanted), [draft], wanted);
    this.#set(target, { ...draft, text: wanted.text, subject: wanted.subject, conflicts });
  }

  /** The author does not want a conflicting text. */
  discardConflict(target: string, unwanted: DraftFields): void {
    const draft = this.#mergeStored(target, this.#signal(target).peek());
    this.#set(target, { ...draft, conflicts: withoutText(draft.conflicts, unwanted) });
  }

  /** Another tab has written. A text that only this tab's memory holds is kept as a conflict. */
  onStorageChange(name: string): void {
    if (!name.startsWith(PREFIX)) return;
    const target = name.slice(PREFIX.length);
    const draft = this.#signal(target);
    const isUnchanged = this.#storedVersions.get(target) === draft.peek().version;
    const stored = this.#readStored(target);
    if (stored.version !== this.#storedVersions.get(target))
      draft.value = isUnchanged ? stored : this.#mergeStored(target, draft.peek());
    this.#storedVersions.set(target, stored.version);
    this.#updateTargets();
  }

  /** Whether storage holds a text of this account: then it is still there at the next sign-in. */
  get hasStoredText(): boolean {
    return this.storage.keys(PREFIX).some((name) => this.storage.stored(name) !== null);
  }

  clear(): void {
    this.storage.keys(PREFIX).forEach((name) => this.storage.remove(name));
    this.#drafts.forEach((draft) => (draft.value = EMPTY_DRAFT));
    this.#storedVersions.clear();
    this.#updateTargets();
  }

  /** What this tab shows. A text that another tab has stored since becomes a conflict. */
  #mergeStored(target: string, next: DraftFields): StoredDraft {
    const draft = this.#signal(target).peek();
    const stored = this.#readStored(target);
    if (stored.version === this.#storedVersions.get(target)) return draft;
    return { ...draft, conflicts: mergeConflicts(draft.conflicts, [...stored.conflicts, stored], next) };
  }

  #set(target: string, draft: Omit<StoredDraft, "version">): void {
    const nothing = isEmpty(draft) && draft.conflicts.length === 0;
    this.#signal(target).value = { ...draft, version: nothing ? "" : newIdempotencyKey() };
    this.#storedVersions.set(target, this.#readStored(target).version);
    // A draft that did not fit before may fit now.
    this.isPersisted.value = [...this.#drafts.keys()].map((each) => this.#persist(each)).every(Boolean);
    this.#updateTargets();
  }

  #remove(target: string): void {
    this.storage.remove(PREFIX + target);
    this.#storedVersions.set(target, "");
  }

  /** Stores what this tab shows for a target, unless it is stored. Returns false if it does not fit. */
  #persist(target: string): boolean {
    const draft = this.#signal(target);
    if (draft.peek().version === this.#storedVersions.get(target)) return true;
    if (this.#memoryOnly.has(target)) return false;
    draft.value = this.#mergeStored(target, draft.peek());
    const { version } = draft.peek();
    const name = PREFIX + target;
    const isPersisted =
      version === "" ? (this.storage.remove(name), true) : this.storage.set(name, serializeDraft(draft.peek()));
    this.#storedVersions.set(target, this.#readStored(target).version);
    return isPersisted;
  }

  #signal(target: string): Signal<StoredDraft> {
    const known = this.#drafts.get(target);
    if (known) return known;
    const draft = signal(this.#readStored(target));
    this.#drafts.set(target, draft);
    this.#storedVersions.set(target, draft.peek().version);
    return draft;
  }

  #readStored(target: string): StoredDraft {
    return parseDraft(this.storage.stored(PREFIX + target));
  }

  #updateTargets(): void {
    const targets = this.storage.keys(PREFIX).map((name) => name.slice(PREFIX.length));
    if (targets.join() !== this.targets.peek().join()) this.targets.value = targets;
  }
}

/** The conflicting texts: each one once, none that is empty, none that the fields hold. */
function mergeConflicts(
  current: readonly DraftFields[],
  added: readonly DraftFields[],
  draft: DraftFields,
): readonly DraftFields[] {
  const found: DraftFields[] = [];
  for (const { text, subject } of [...current, ...added]) {
    const known = [draft, ...found].some(
      (other) => other.text.includes(text.trim()) && other.subject.includes(subject.trim()),
    );
    if (!known && !isEmpty({ text, subject })) found.push({ text, subject });
  }
  return found;
}

const withoutText = (texts: readonly DraftFields[], one: DraftFields): readonly DraftFields[] =>
  texts.filter((other) => !isSame(other, one));

/** In storage the conflicts are named `aside`: an earlier version of the sites may have stored the draft, and may read it. */
const serializeDraft = ({ text, subject, conflicts, version }: StoredDraft): string =>
  JSON.stringify({ text, subject, aside: conflicts, version });

function parseDraft(stored: string | null): StoredDraft {
  try {
    if (!stored) return EMPTY_DRAFT;
    const { aside, ...draft } = JSON.parse(stored) as Omit<StoredDraft, "conflicts"> & {
      aside?: StoredDraft["conflicts"];
    };
    return { ...EMPTY_DRAFT, ...draft, ...(aside && { conflicts: aside }) };
  } catch {
    return EMPTY_DRAFT;
  }
}
