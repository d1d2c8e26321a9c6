// A school's counts come from the server: they are of all its threads, and not of those that this page has loaded.

import { effect, signal } from "@preact/signals";
import { errorMessage } from "../api/client";
import type { Overview } from "../api/types";
import { isLoaded, session, view } from "./store";
import { loadTeam } from "./sync";

/** null until the server has counted. */
export const inboxCounts = signal<Overview | null>(null);
/** Why the server could not count; null if it could. */
export const inboxCountsError = signal<string | null>(null);

const QUIET = 300; // ms: several changes are counted once
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

/** Counts again whenever a row has changed, come or gone. Call once. */
export function watchInboxCounts(): void {
  let timer: number | undefined;
  let before: readonly unknown[] = [];
  effect(() => {
    const { rows, gone } = view.value;
    if (!isLoaded.value || (before[0] === rows && before[1] === gone)) return;
    before = [rows, gone];
    clearTimeout(timer);
    timer = setTimeout(() => void loadInboxCounts(), inboxCounts.peek() ? QUIET : 0);
  });
}
