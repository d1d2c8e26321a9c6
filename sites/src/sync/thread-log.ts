// The log of the open thread is a part of its entries: the end, or the part around a day that a person looks for. Pages
// are added where it is scrolled to, and its other side leaves the memory.

import { effect } from "@preact/signals";
import { ApiError, errorMessage, NetworkError } from "../api/client";
import type { ShownEntry } from "../api/protocol";
import { pageMessages } from "../i18n/page-messages";
import { firstSeq, isLogBehind, lastSeq, withEntriesAt, withPage, withPart } from "./reducer";
import { markGone, peekThread, session, setThread, thread } from "./store";
import { logError } from "./open-thread";
import { confirmKeys } from "./sync";

export const PAGE_SIZE = 50;
const PART_SIZE = 5; // entries that are drawn in one frame: more would hold it up on a slow phone
/** How many entries of a log the page has at most. A person can find, read out and print what it has. */
export const MOST_ENTRIES = 300;

const fetchingLogs = new Set<string>();

/** Keeps the log of a thread complete until the function that it returns is called. */
export const keepLogComplete = (id: string): (() => void) =>
  effect(() => {
    if (session.socket.isReachable.value && isLogBehind(thread(id))) void fetchMissingLog(id);
  });

/** Fetches the entries after the log's last one; for a thread that was not opened before, the last page. */
export async function fetchMissingLog(id: string): Promise<void> {
  if (fetchingLogs.has(id)) return;
  fetchingLogs.add(id);
  logError.value = null;
  try {
    while (isLogBehind(peekThread(id))) {
      const { log, row } = peekThread(id);
      const seq = row?.seq ?? 0;
      const isNear = log !== undefined && seq - lastSeq(log) <= MOST_ENTRIES;
      const after = isNear ? lastSeq(log) : Math.max(0, seq - PAGE_SIZE);
      if (!(await fetchLogPage(id, after, PAGE_SIZE))) return;
    }
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) markGone(id, peekThread(id).row?.rev ?? 0);
    else logError.value = error instanceof NetworkError ? pageMessages.log.unread : errorMessage(error);
  } finally {
    fetchingLogs.delete(id);
  }
}

/** Loads the page before the first entry. The other side of a long log leaves the memory. */
export async function loadEarlier(id: string): Promise<void> {
  const first = firstSeq(peekThread(id).log);
  const after = Math.max(0, first - 1 - PAGE_SIZE);
  if (first <= 1) return;
  const entries = await readEntries(id, after, first - 1 - after);
  for (let end = entries.length; end > 0; end -= PART_SIZE)
    await addPart(id, entries.slice(Math.max(0, end - PART_SIZE), end), "start");
}

/** Loads the page after the last entry of a log that does not follow the end. */
export async function loadLater(id: string): Promise<void> {
  const { log } = peekThread(id);
  if (log?.atEnd !== false) return;
  const entries = await readEntries(id, lastSeq(log), PAGE_SIZE);
  for (let start = 0; start < entries.length; start += PART_SIZE)
    await addPart(id, entries.slice(start, start + PART_SIZE), "end");
}

/** Adds a part of a page at one side, and removes as much at the other. A frame draws one part. */
async function addPart(id: string, entries: readonly ShownEntry[], side: "start" | "end"): Promise<void> {
  setThread(id, withEntriesAt(withPage(peekThread(id), entries), side, MOST_ENTRIES));
  await nextFrame();
}

/** A page that is hidden has no frames. */
const nextFrame = (): Promise<unknown> =>
  new Promise((resolve) =>
    document.visibilityState === "hidden" ? setTimeout(resolve) : requestAnimationFrame(resolve),
  );

async function fetchLogPage(id: string, after: number, most: number): Promise<number> {
  const { gone } = peekThread(id);
  const entries = await readEntries(id, after, most);
  setThread(id, withPage(peekThread(id), entries));
  return peekThread(id).gone === gone ? entries.length : most;
}

async function readEntries(id: string, after: number, most: number): Promise<readonly ShownEntry[]> {
  const { gone } = peekThread(id);
  const { entries } = await session.call("readLog", { after, most }, id);
  if (peekThread(id).gone !== gone) return []; // its texts are shown otherwise since
  confirmKeys(id, entries);
  return entries;
}

/** Shows another part of a log in place of the one that is shown: the entries after a seq. */
async function showLogPart(id: string, after: number): Promise<void> {
  const entries = await readEntries(id, Math.max(0, after), PAGE_SIZE);
  setThread(id, withPart(peekThread(id), entries));
}

/** Shows an entry, with some before it. */
export async function showLogEntry(id: string, seq: number): Promise<void> {
  const { log } = peekThread(id);
  if (seq < firstSeq(log) || seq > lastSeq(log)) await showLogPart(id, seq - 1 - PAGE_SIZE / 2);
}

/** Shows the end of a log again. */
export const showLogEnd = (id: string): Promise<void> => showLogPart(id, (peekThread(id).row?.seq ?? 0) - PAGE_SIZE);

/**
 * Shows the first entry at a moment or after it, with some before it. Returns its seq; 0 if there is none. It reads one
 * entry at each step of a binary search: 14 for 10,000 entries.
 */
export async function showLogAt(id: string, at: number): Promise<number> {
  const { seq: most = 0 } = peekThread(id).row ?? {};
  let [low, high] = [1, most + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [entry] = await readEntries(id, middle - 1, 1);
    if (entry && entry.at < at) low = middle + 1;
    else high = middle;
  }
  if (low > most) return 0;
  await showLogPart(id, low - 1 - PAGE_SIZE / 2);
  return low;
}

/** A log that follows the end has grown: what is far above leaves the memory. */
export function trimLog(id: string): void {
  const found = peekThread(id);
  if ((found.log?.entries.length ?? 0) >= MOST_ENTRIES + PAGE_SIZE)
    setThread(id, withEntriesAt(found, "end", MOST_ENTRIES));
}

/** A log is closed. It opens at its end again. */
export function closeLog(id: string): void {
  const found = peekThread(id);
  if (found.log?.atEnd === false) setThread(id, { ...found, log: undefined });
}
