// The state of the page. Frames and loads change it, and components read it. This module does no I/O.
//
// Each thread is a signal of its own: a frame draws again what shows its thread, and nothing else. What is counted over
// all threads follows from the change of one.

import { batch, computed, type Signal, signal } from "@preact/signals";
import type { ApiClient } from "../api/client";
import type { Auth } from "../auth/auth";
import { messages } from "../i18n/messages";
import type { Config } from "../api/config";
import type { Account } from "./account";
import {
  type OpenThreads,
  reduce,
  type Thread,
  threadOfFrame,
  unknownThread,
  unreadCount,
  withGone,
  withLoaded,
  withMeter,
} from "./reducer";
import {
  type ComposingNow,
  type HiddenWordsChanged,
  type Row,
  type ServerFrame,
  type Side,
  TYPING_EVERY,
} from "../api/protocol";
import type { DirectoryCard, Listed, Me, Opened, Overview, Person, Mailbox, WorkerList } from "../api/types";
import { type InternalEntry, insertEntry } from "./internal-notes";
import type { Socket } from "./socket";
import { openThreadId } from "../browser/route";
import { timedSet } from "./timed-set";

export type Role = Row["as"];

const threads = new Map<string, Signal<Thread>>();
const byRole = <Value>(make: (as: Role) => Value): Record<Role, Value> => ({
  raiser: make("raiser"),
  school: make("school"),
  worker: make("worker"),
});
const rowCounts = byRole(() => signal(0));
const unreadCounts = byRole(() => signal(0));

/** How many threads this party may have open, and has. */
export const meter = signal<OpenThreads | null>(null);
export const me = signal<Me | null>(null);
export const people = signal<ReadonlyMap<string, Person>>(new Map());
export const personName = (id: string): string => people.value.get(id)?.name ?? messages.thread.someone;
/** The schools that this page has met: those of its threads, and those that it has listed. */
export const schools = signal<ReadonlyMap<string, DirectoryCard>>(new Map());

/** The ids that were asked for and are no school's. */
export const missingSchools = signal<ReadonlySet<string>>(new Set());
export const team = signal<WorkerList | null>(null);
/** How many threads a school has received, by their status; null until the server has counted. */
export const inboxCounts = signal<Overview | null>(null);
/** Whether the lists have been loaded once. */
export const isLoaded = signal(false);
/** How many times the lists have been loaded. */
export const loadCount = signal(0);
/** Why the lists could not be loaded; null if they could. */
export const loadError = signal<string | null>(null);
/** The internal entries of each thread that was opened: notes and assignments. */
export const internalNotes = signal<ReadonlyMap<string, readonly InternalEntry[]>>(new Map());
/** Why the internal entries of a thread could not be loaded, by thread. */
export const internalNotesErrors = signal<ReadonlyMap<string, string>>(new Map());
/** The last rows of threads that were removed while this page was open. */
export const removedRows = signal<ReadonlyMap<string, Row>>(new Map());
/** Threads in which the other side is typing now. */
export const {
  ids: typingThreads,
  add: showTyping,
  remove: hideTyping,
} = timedSet(() => 2_000 + (session.config.typing ?? TYPING_EVERY));

/** What a part of the site that is loaded later does with its frames: nothing shows them before. */
export const late: {
  composing?: (frame: ComposingNow) => void;
  hidden?: (frame: HiddenWordsChanged) => void;
  notes?: (id: string) => Promise<unknown>;
} = {};

/** A thread. A component that reads it is drawn again when this thread changes. */
export const thread = (id: string): Thread => signalOf(id).value;
export const peekThread = (id: string): Thread => threads.get(id)?.peek() ?? unknownThread;
/** The row of the open thread. A page of its log that is loaded draws nothing again that shows the row alone. */
export const openRow = computed(() => thread(openThreadId.value).row);
/** The rows that are in memory, in no order. */
export const knownRows = (): Row[] => [...threads.values()].flatMap((each) => each.peek().row ?? []);

const haveRows = byRole((as) => computed(() => rowCounts[as].value > 0));
/** Whether this party has raised, received or handles threads, as far as it is known. */
export const hasThreads = (as: Role): boolean => haveRows[as].value;
/** How many new messages the loaded threads have that this party raised, received or handles. */
export const unreadOf = (as: Role): number => unreadCounts[as].value;
export const totalUnread = computed(() => unreadOf("raiser") + unreadOf("school") + unreadOf("worker"));

function signalOf(id: string): Signal<Thread> {
  const known = threads.get(id);
  if (known) return known;
  const added = signal(unknownThread);
  threads.set(id, added);
  return added;
}

/** `isNews`: a frame told it. If not, the page has loaded what was so before, or has left it. */
type ThreadListener = (id: string, before: Thread, after: Thread, isNews: boolean) => void;
const listeners = new Set<ThreadListener>();

/** Calls a function after each change of a thread, with what changed. Returns a function that ends it. */
export function onThreadChange(listener: ThreadListener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function setThread(id: string, after: Thread, isNews = false): void {
  const before = peekThread(id);
  if (after === before) return;
  batch(() => {
    signalOf(id).value = after;
    count(before, -1);
    count(after, 1);
    for (const listener of listeners) listener(id, before, after, isNews);
  });
}

/** Changes the thread that a frame is about. */
export function applyFrame(frame: ServerFrame): void {
  const id = threadOfFrame(frame);
  if (id !== null) setThread(id, reduce(peekThread(id), frame), true);
  if (frame.t === "meter") meter.value = withMeter(meter.peek(), frame);
}

export const applyLoaded = (loaded: Listed | Opened, isNews = false): void =>
  setThread(loaded.row.id, withLoaded(peekThread(loaded.row.id), loaded), isNews);

/** Forgets all threads, as a page that is loaded anew. */
export function clearThreads(): void {
  for (const id of threads.keys()) setThread(id, unknownThread);
  threads.clear();
}

function count(thread: Thread, change: 1 | -1): void {
  if (!thread.row) return;
  const { as } = thread.row;
  rowCounts[as].value = rowCounts[as].peek() + change;
  unreadCounts[as].value = unreadCounts[as].peek() + change * unreadCount(thread);
}

export const mySide = (row: Row): Side => (row.as === "raiser" ? "raiser" : "school");

export interface Session {
  call: ApiClient;
  auth: Auth;
  config: Config;
  shelves: readonly Mailbox[];
  socket: Socket;
  /** The server rejects this page: it must stop. */
  onRejected: (error: Error) => void;
}

/** What the account has written in this browser; null until the account is known. */
export const account = signal<Account | null>(null);

/** The session of this page. It exists after sign-in. */
export let session: Session;

export function setSession(started: Session): void {
  session = started;
}

export function rememberRemoved(id: string, row: Row | undefined): void {
  if (peekThread(id).row) return;
  addInternalEntries(id, null);
  if (row) removedRows.value = new Map(removedRows.peek()).set(id, row);
}

/** Adds internal entries of a thread; null removes them, because the thread is gone for this viewer. */
export function addInternalEntries(id: string, entries: readonly InternalEntry[] | null): void {
  const notes = new Map(internalNotes.peek());
  for (const entry of entries ?? []) if ("key" in entry && entry.key) account.peek()?.outbox.confirm(entry.key);
  if (entries) notes.set(id, entries.reduce(insertEntry, notes.get(id) ?? []));
  else notes.delete(id);
  internalNotes.value = notes;
}

export function setInternalNotesError(id: string, error: string | null): void {
  if (error === null && !internalNotesErrors.peek().has(id)) return;
  const errors = new Map(internalNotesErrors.peek());
  if (error === null) errors.delete(id);
  else errors.set(id, error);
  internalNotesErrors.value = errors;
}

/** The server does not know a thread any more, as of this revision. */
export function markGone(id: string, rev: number): void {
  const { row } = peekThread(id);
  setThread(id, withGone(peekThread(id), rev));
  rememberRemoved(id, row);
}

export function addPeople(added: readonly Person[]): void {
  if (added.length) people.value = new Map([...people.peek(), ...added.map((person) => [person.id, person] as const)]);
}

export function addSchools(cards: readonly DirectoryCard[]): void {
  if (cards.length) schools.value = new Map([...schools.peek(), ...cards.map((card) => [card.id, card] as const)]);
}
