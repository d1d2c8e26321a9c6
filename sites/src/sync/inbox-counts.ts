// A school's counts come from the server: they are of all its threads, and not of those that this page has loaded.

import { effect, signal } from "@preact/signals";
import { errorMessage } from "../api/client";
import { inboxStatus, isReceived, isSnoozed, isWaiting } from "./inbox-status";
import type { Thread } from "./reducer";
import { inboxCounts, isLoaded, loadCount, onThreadChange, session } from "./store";
import { loadTeam } from "./sync";

/** Why the server could not count; null if it could. */
export const inboxCountsError = signal<string | null>(null);

const QUIET = 300; // ms: several changes are counted once
const PAUSE = 3_000; // ms at least between two counts: all tabs of a school share what it may read
let isCounting = false;
let isOutdated = false;

/** Counts again. While it counts, one more count waits, however often it is asked for. */
export async function loadInboxCounts(): Promise<void> {
  isOutdated = true;
  if (isCounting) return;
  isCounting = true;
  try {
    while (isOutdated) {
      isOutdated = false;
      const [counts] = await Promise.all([session.call("overview"), loadTeam()]);
      inboxCounts.value = counts;
      inboxCountsError.value = null;
    }
  } catch (error) {
    inboxCountsError.value = errorMessage(error);
  } finally {
    isCounting = false;
  }
}

/**
 * Counts again when a thread has come, gone, or changed in what is counted, and when the lists were loaded again. A
 * message alone changes nothing that is counted: whoever writes fast must not use up what the school may read.
 */
export function watchInboxCounts(): void {
  let timer = 0;
  let countedAt = -PAUSE;
  const count = () => {
    timer = 0;
    countedAt = performance.now();
    void loadInboxCounts();
  };
  const countSoon = () => {
    if (!isLoaded.peek() || timer) return;
    timer = setTimeout(count, inboxCounts.peek() ? Math.max(QUIET, countedAt + PAUSE - performance.now()) : 0);
  };
  onThreadChange((_, before, after, isNews) => {
    if (isCounted(before, after, isNews)) countSoon();
  });
  effect(() => {
    void loadCount.value;
    countSoon();
  });
}

/** Whether a count has changed. A row that a list loads or leaves as it is scrolled changes none. */
function isCounted(before: Thread, after: Thread, isNews: boolean): boolean {
  if (before.gone !== after.gone) return true;
  if (before.row && after.row) return statusOf(before) !== statusOf(after);
  return isNews && after.row !== undefined;
}

/** What is counted of a thread. */
function statusOf(thread: Thread): string {
  const { row, snooze } = thread;
  if (!row || !isReceived(row)) return "";
  return [inboxStatus(row), isWaiting(row), row.worker, isSnoozed(thread), snooze?.until].join();
}
