// After every connection the page loads what it missed: the lists, and the rows that are not listed.

import { batch } from "@preact/signals";
import { ApiError, errorMessage } from "../api/client";
import { withMeter } from "./reducer";
import type { ChangedSubject, Row, ShownEntry } from "../api/protocol";
import type { Me } from "../api/types";
import { openThreadId } from "../browser/route";
import { bindAccount } from "./account-module";
import {
  account,
  isLoaded,
  loadCount,
  loadError,
  me,
  meter,
  addPeople,
  addSchools,
  applyLoaded,
  knownRows,
  markGone,
  missingSchools,
  peekThread,
  session,
  team,
} from "./store";
import { addPage, dropRow, FIRST_LISTS, listKey, type ListQuery, loadedList, loadedLists } from "./thread-lists";

const INITIAL_ROWS = 200; // rows of a list that are loaded at the start

const firstLists = (): readonly ListQuery[] => session.shelves.flatMap((shelf) => FIRST_LISTS[shelf]);

/**
 * Loads the first page of each list beside the socket that is being opened. What changes before it is open is loaded
 * again with the rest.
 */
export async function loadFirstPages(): Promise<void> {
  const lists = firstLists().map((query) => loadPage(query, null, new Set()));
  const workers = session.config.site === "school" ? [loadTeam()] : [];
  await Promise.all([loadMe(), ...lists, ...workers]);
  finishLoad();
}

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

function finishLoad(): void {
  batch(() => {
    isLoaded.value = true;
    loadCount.value = loadCount.peek() + 1;
  });
}

async function loadAll(isBrief: boolean): Promise<void> {
  lookups.clear(); // what was looked up before may have changed
  if (!isBrief) requestedSchools.clear(); // (the same)
  const listed = new Set<string>();
  const known = knownRows();
  const lists = new Map(firstLists().map((query) => [listKey(query), query]));
  for (const list of loadedLists()) {
    list.expire();
    lists.set(listKey(list.query), list.query);
  }
  const loads: Promise<unknown>[] = [...lists.values()].map((query) => loadList(query, rowsToLoad(query), listed));
  loads.push(loadMe());
  if (session.config.site === "school" && !isBrief) loads.push(loadTeam());
  await Promise.all(loads);
  await Promise.all(known.filter(({ id }) => !listed.has(id)).map(({ id }) => checkUnlisted(id)));
  finishLoad();
  const open = openThreadId.peek();
  if (peekThread(open).row) await fetchThread(open); // what the other side has seen of it
  await confirmLostRaises();
  void account.peek()?.outbox.flush(open);
}

function rowsToLoad(query: ListQuery): number {
  const shown = loadedList(query)?.ids.peek().length ?? 0;
  return Math.min(INITIAL_ROWS, Math.max(query.show === "open" && !query.sort ? INITIAL_ROWS : 1, shown));
}

/** A row that its list does not have any more is looked up. One that is beyond what was loaded leaves the memory. */
async function checkUnlisted(id: string): Promise<void> {
  const { row } = peekThread(id);
  if (!row) return;
  if (id === openThreadId.peek() || loadedLists().some((list) => list.isFresh(row))) await fetchThread(id);
  else dropRow(id);
}

/** A raise may have succeeded although its answer was lost: then a thread's first message carries its key. */
async function confirmLostRaises(): Promise<void> {
  const outbox = account.peek()?.outbox;
  for (const item of outbox?.items.peek() ?? []) {
    if (item.kind !== "raise") continue;
    const candidates = knownRows().filter(
      (row) => row.as === "raiser" && row.school === item.about && row.subject === item.subject,
    );
    for (const { id } of candidates)
      await session.call("readLog", { after: 0, most: 1 }, id).then(({ entries }) => confirmKeys(id, entries));
  }
}

/** Items of this account that are in the history are not pending any more. */
export function confirmKeys(id: string, entries: readonly ShownEntry[]): void {
  for (const entry of entries) if ("key" in entry && entry.key) account.peek()?.outbox.confirm(entry.key, id);
}

/** What loads a subject again. A part of the site that is loaded later adds its own: nothing shows it before. */
export const loaders: { [Subject in ChangedSubject]?: () => Promise<unknown> } = { me: loadMe, workers: loadTeam };

/** Fetches again what a frame says has changed. */
export const refetch = (subject: ChangedSubject): Promise<unknown> | undefined => loaders[subject]?.();

/**
 * Waits for data that this page shows already, to show it as of now. If that fails, the page would be old without a
 * word: the connection counts as lost, which the page says, and after the next one everything is loaded. A refusal would
 * be the same again.
 */
export async function refresh(load: Promise<unknown> | undefined): Promise<void> {
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
    meter.value = withMeter(meter.peek(), party);
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
    page.threads.forEach((each) => applyLoaded(each));
    addPage(
      query,
      before,
      page.threads.map(({ row }) => row),
      page.next,
    );
  });
  loadSchoolsOf(page.threads);
  page.threads.forEach(({ row }) => listed.add(row.id));
  return { next: page.next, size: page.threads.length };
}

/** Loads the next page of a list, or its first page. */
export async function loadMoreThreads(query: ListQuery): Promise<void> {
  const list = loadedList(query);
  if (list?.next.peek() !== null) await loadPageOnce(query, list?.next.peek() ?? null);
}

/** Asks again for the page of a row that has left the memory. */
export const fillPage = (query: ListQuery, id: string): Promise<void> =>
  loadPageOnce(query, loadedList(query)?.cursorFor(id) ?? null);

const loadingPages = new Set<string>();

async function loadPageOnce(query: ListQuery, cursor: string | null): Promise<void> {
  const page = `${listKey(query)} ${cursor}`;
  if (loadingPages.has(page)) return;
  loadingPages.add(page);
  await loadPage(query, cursor, new Set()).finally(() => loadingPages.delete(page));
}

const requestedSchools = new Set<string>();

/**
 * Loads the schools that a raiser asked, once for the first pages and once a connection. They come by themselves: a list
 * that brought them would take longer by what a raiser must not know of them.
 */
function loadSchoolsOf(threads: readonly { row: Row }[]): void {
  for (const { row } of threads)
    if (row.as === "raiser" && !requestedSchools.has(row.school)) {
      requestedSchools.add(row.school);
      void loadSchool(row.school).catch(() => requestedSchools.delete(row.school)); // asked again with the next list
    }
}

/** Loads one school, also one that has closed. */
export async function loadSchool(id: string): Promise<void> {
  try {
    addSchools([await session.call("showSchool", {}, id)]);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404)
      missingSchools.value = new Set(missingSchools.peek()).add(id);
    throw error;
  }
}

let teamRequests = 0;

export async function loadTeam(): Promise<void> {
  const request = ++teamRequests;
  const found = await session.call("listWorkers");
  if (request === teamRequests) team.value = found;
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

/** The same, also if it was asked a moment ago. `isNews`: its row is said to have changed. */
export async function fetchThreadNow(id: string, isNews = false): Promise<void> {
  const rev = peekThread(id).row?.rev ?? 0;
  try {
    const response = await session.call("showThread", {}, id);
    addPeople(response.people);
    applyLoaded(response.thread, isNews);
    loadSchoolsOf([response.thread]);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    markGone(id, rev);
  }
}
