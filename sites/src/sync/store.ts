// The state of the page. Frames and loads change it, and components read it. This module does no I/O.

import { computed, signal } from "@preact/signals";
import type { ApiClient } from "../api/client";
import type { Auth } from "../auth/auth";
import type { Config } from "../api/config";
import type { Account } from "./account";
import { emptyView, unreadCount, type ViewState, withGone } from "./reducer";
import type { Row, Side } from "../api/protocol";
import type { Me, Person, SchoolCard, Mailbox, WorkerList } from "../api/types";
import { type InternalEntry, insertEntry } from "./internal-notes";
import type { Socket } from "./socket";

export const view = signal<ViewState>(emptyView);
export const me = signal<Me | null>(null);
export const people = signal<ReadonlyMap<string, Person>>(new Map());
export const schools = signal<ReadonlyMap<string, SchoolCard> | null>(null);
export const team = signal<WorkerList | null>(null);
/** Whether the lists have been loaded once. */
export const isLoaded = signal(false);
/** Why the lists could not be loaded; null if they could. */
export const loadError = signal<string | null>(null);
/** The internal entries of each thread that was opened: notes and assignments. */
export const internalNotes = signal<ReadonlyMap<string, readonly InternalEntry[]>>(new Map());
/** Why the internal entries of a thread could not be loaded, by thread. */
export const internalNotesErrors = signal<ReadonlyMap<string, string>>(new Map());
/** The last rows of threads that were removed while this page was open. */
export const removedRows = signal<ReadonlyMap<string, Row>>(new Map());
/** Threads in which the other side is typing now. */
export const typingThreads = signal<ReadonlySet<string>>(new Set());

export const rows = computed(() => [...view.value.rows.values()].sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1)));
/** How many new messages the threads have that this party raised, received or handles. */
export const unreadOf = (as: Row["as"]): number =>
  rows.value.reduce((sum, row) => (row.as === as ? sum + unreadCount(view.value, row) : sum), 0);
export const totalUnread = computed(() => rows.value.reduce((sum, row) => sum + unreadCount(view.value, row), 0));

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
  if (!view.peek().rows.has(id)) addInternalEntries(id, null);
  if (row && !view.peek().rows.has(id)) removedRows.value = new Map(removedRows.peek()).set(id, row);
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

const typingTimers = new Map<string, number>();

export function showTyping(id: string): void {
  clearTimeout(typingTimers.get(id));
  typingTimers.set(
    id,
    setTimeout(() => hideTyping(id), 6_000),
  );
  if (!typingThreads.peek().has(id)) typingThreads.value = new Set(typingThreads.peek()).add(id);
}

export function hideTyping(id: string): void {
  clearTimeout(typingTimers.get(id));
  if (!typingThreads.peek().has(id)) return;
  typingThreads.value = new Set([...typingThreads.peek()].filter((other) => other !== id));
}

/** The server does not know a thread any more, as of this revision. */
export function markGone(id: string, rev: number): void {
  const row = view.peek().rows.get(id);
  view.value = withGone(view.peek(), id, rev);
  rememberRemoved(id, row);
}

export function addPeople(added: readonly Person[]): void {
  if (added.length) people.value = new Map([...people.peek(), ...added.map((person) => [person.id, person] as const)]);
}

export function addSchool(card: SchoolCard): void {
  schools.value = new Map(schools.peek()).set(card.id, card);
}
