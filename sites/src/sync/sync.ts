// After every connection the page loads what it missed: the lists, the rows that are not listed, and the logs.

import { batch, effect, signal } from "@preact/signals";
import { ApiError, errorMessage, NetworkError } from "../api/client";
import { isLogBehind, firstSeq, lastSeq, withLoaded, withMeter, withPage } from "./reducer";
import type { ChangedSubject, ShownEntry } from "../api/protocol";
import type { Me, SchoolCard } from "../api/types";
import { openThreadId } from "../browser/route";
import { bindAccount } from "./account-module";
import {
  account,
  isLoaded,
  loadError,
  me,
  addPeople,
  addSchool,
  rows,
  schools,
  session,
  team,
  markGone,
  view,
} from "./store";
import { FIRST_LISTS, listedRows, listKey, type ListQuery, loadedLists, rememberPage } from "./thread-lists";
import { messages } from "../i18n/messages";

const PAGE_SIZE = 50;
const INITIAL_ROWS = 200; // rows of a list that are loaded at the start

/**
 * Loads what changed while the page was not connected. Frames update the same state meanwhile. `isBrief`: without what
 * changes seldom.
 */
export async function syncAll(isBrief = false): Promise<void> {
  try {
    await loadAll(isBrief);
    loadError.value = null;
  } catch (error) {
    loadError.value = errorMessage(error);
    throw error;
  }
}

async function loadAll(isBrief: boolean): Promise<void> {
  lookups.clear(); // what was looked up before may have changed
  const listed = new Set<string>();
  const first = session.shelves.flatMap((shelf) => FIRST_LISTS[shelf]);
  const lists = new Map(first.map((query) => [listKey(query), query]));
  for (const [key, { query }] of loadedLists.peek()) lists.set(key, query);
  const loads: Promise<unknown>[] = [...lists.values()].map((query) =>
    loadList(query, Math.max(query.show === "open" ? INITIAL_ROWS : 1, listedRows(query).length), listed),
  );
  loads.push(loadMe());
  const { site } = session.config; // a party of another kind is refused by the first answer
  if (site !== "worker" && !isBrief) loads.push(loadSchools());
  if (site === "school" && !isBrief) loads.push(loadTeam());
  await Promise.all(loads);
  const missing = [...view.peek().rows.keys()].filter((id) => !listed.has(id));
  await Promise.all(missing.map(fetchThread));
  isLoaded.value = true;
  const open = openThreadId.peek();
  if (view.peek().rows.has(open)) await fetchThread(open); // what the other side has seen of it
  await confirmLostRaises();
  void account.peek()?.outbox.flush(open);
}

/** A raise may have succeeded although its answer was lost: then a thread's first message carries its key. */
async function confirmLostRaises(): Promise<void> {
  const outbox = account.peek()?.outbox;
  for (const item of outbox?.items.peek() ?? []) {
    if (item.kind !== "raise") continue;
    const candidates = rows
      .peek()
      .filter((row) => row.as === "raiser" && row.school === item.about && row.subject === item.subject);
    for (const { id } of candidates)
      await session.call("readLog", { after: 0, most: 1 }, id).then(({ entries }) => confirmKeys(id, entries));
  }
}

/** Items of this account that are in the history are not pending any more. */
function confirmKeys(id: string, entries: readonly ShownEntry[]): void {
  for (const entry of entries) if ("key" in entry && entry.key) account.peek()?.outbox.confirm(entry.key, id);
}

/** Fetches again what a frame says has changed. */
export const refetch = (subject: ChangedSubject): Promise<unknown> => (subject === "me" ? loadMe() : loadTeam());

/**
 * Waits for data that this page shows already, to show it as of now. If that fails, the page would be old without a
 * word: the connection counts as lost, which the page says, and after the next one everything is loaded. A refusal would
 * be the same again.
 */
export async function refresh(load: Promise<unknown>): Promise<void> {
  try {
    await load;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500) session.socket.reconnect();
  }
}

let meRequests = 0;

/** Loads the signed-in party. Of several requests at once, the last one's answer counts. */
async function loadMe(): Promise<Me> {
  const request = ++meRequests;
  const party = await session.call("me");
  await bindAccount(party);
  batch(() => {
    if (request === meRequests) me.value = party;
    view.value = withMeter(view.peek(), party);
  });
  return party;
}

/** Loads a list from its beginning, at least so many rows of it. */
async function loadList(query: ListQuery, least: number, listed: Set<string>): Promise<void> {
  let before: string | null = null;
  let count = 0;
  do {
    const page: { next: string | null; size: number } = await loadPage(query, before, listed);
    before = page.next;
    count += page.size;
  } while (before !== null && count < least);
}

async function loadPage(
  query: ListQuery,
  before: string | null,
  listed: Set<string>,
): Promise<{ next: string | null; size: number }> {
  const page = await session.call("listThreads", { before, ...query });
  batch(() => {
    addPeople(page.people);
    view.value = page.threads.reduce(withLoaded, view.peek());
    rememberPage(
      query,
      page.threads.map(({ row }) => row),
      page.next,
    );
  });
  page.threads.forEach(({ row }) => listed.add(row.id));
  return { next: page.next, size: page.threads.length };
}

/** Loads the next page of a list, or its first page. */
export async function loadMoreThreads(query: ListQuery): Promise<void> {
  const list = loadedLists.peek().get(listKey(query));
  if (list?.next !== null) await loadPage(query, list?.next ?? null, new Set());
}

export async function loadSchools(): Promise<void> {
  const found = new Map<string, SchoolCard>();
  let after: string | null = null;
  do {
    const page: { schools: readonly SchoolCard[]; next: string | null } = await session.call("listSchools", { after });
    page.schools.forEach((school) => found.set(school.id, school));
    after = page.next;
  } while (after !== null);
  // A school that is not listed any more has closed. Threads raised to it still show its name.
  for (const [id, card] of schools.peek() ?? []) if (!found.has(id)) found.set(id, { ...card, takes: false });
  schools.value = found;
}

/** Loads one school, also one that has closed. */
export async function loadSchool(id: string): Promise<void> {
  addSchool(await session.call("showSchool", {}, id));
}

/** Loads the school of a thread by its id if the directory does not list it, because it has closed. Call once. */
export function watchMissingSchools(): void {
  const requested = new Set<string>();
  effect(() => {
    for (const row of rows.value) {
      if (row.as !== "raiser" || !schools.value || schools.value.has(row.school) || requested.has(row.school)) continue;
      requested.add(row.school);
      const onFailure = (error: unknown) => {
        if (!(error instanceof ApiError)) requested.delete(row.school); // asked again when a row changes
      };
      void loadSchool(row.school).catch(onFailure);
    }
  });
}

let teamRequests = 0;

export async function loadTeam(): Promise<void> {
  const request = ++teamRequests;
  const found = await session.call("listWorkers");
  if (request === teamRequests) team.value = found;
}

/** The error of the open thread's log; null if there is none. */
export const logError = signal<string | null>(null);
/** The id of the thread that is being fetched because a person opened it. */
export const checkingThreadId = signal("");
const fetchingLogs = new Set<string>();

/** Keeps the open thread's log complete. Call once. */
export function watchOpenThread(): void {
  effect(() => {
    const id = openThreadId.value;
    if (id && session.socket.isReachable.value && isLogBehind(view.value, id)) void fetchMissingLog(id);
  });
  let before = "";
  effect(() => {
    const id = openThreadId.value;
    if (id !== before) logError.value = null;
    before = id;
    if (!id || !isLoaded.value) return;
    checkingThreadId.value = id;
    void fetchThread(id)
      .catch((error: unknown) => (logError.value = errorMessage(error)))
      .finally(() => checkingThreadId.peek() === id && (checkingThreadId.value = ""));
  });
}

/** Fetches the entries after the log's last one; for a thread that was not opened before, the last page. */
export async function fetchMissingLog(id: string): Promise<void> {
  if (fetchingLogs.has(id)) return;
  fetchingLogs.add(id);
  logError.value = null;
  try {
    while (isLogBehind(view.peek(), id)) {
      const log = view.peek().logs.get(id);
      const after = log ? lastSeq(log) : Math.max(0, (view.peek().rows.get(id)?.seq ?? 0) - PAGE_SIZE);
      if (!(await fetchLogPage(id, after, PAGE_SIZE))) return;
    }
  } catch (error) {
    const row = view.peek().rows.get(id);
    if (error instanceof ApiError && error.status === 404) markGone(id, row?.rev ?? 0);
    else logError.value = error instanceof NetworkError ? messages.errors.unread : errorMessage(error);
  } finally {
    fetchingLogs.delete(id);
  }
}

/** Loads the page before the first entry. */
export async function loadEarlier(id: string): Promise<void> {
  const first = firstSeq(view.peek().logs.get(id));
  const after = Math.max(0, first - 1 - PAGE_SIZE);
  if (first > 1) await fetchLogPage(id, after, first - 1 - after);
}

async function fetchLogPage(id: string, after: number, most: number): Promise<number> {
  const { entries } = await session.call("readLog", { after, most }, id);
  view.value = withPage(view.peek(), id, entries);
  confirmKeys(id, entries);
  return entries.length;
}

const lookups = new Map<string, Promise<void>>();
const RECENT = 1_000; // ms in which a lookup is not repeated: frames keep its answer current

/**
 * Fetches one thread by its id. If the server does not know it, it is gone as of the revision held before. A frame of a
 * new thread and the page that opens it ask at nearly the same time: then the server is asked once.
 */
export function fetchThread(id: string): Promise<void> {
  const known = lookups.get(id);
  if (known) return known;
  const lookup = fetchThreadNow(id);
  const forget = () => lookups.get(id) === lookup && lookups.delete(id);
  lookups.set(id, lookup);
  lookup.then(() => setTimeout(forget, RECENT), forget);
  return lookup;
}

async function fetchThreadNow(id: string): Promise<void> {
  const rev = view.peek().rows.get(id)?.rev ?? 0;
  try {
    const response = await session.call("showThread", {}, id);
    addPeople(response.people);
    view.value = withLoaded(view.peek(), response.thread);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    markGone(id, rev);
  }
}
