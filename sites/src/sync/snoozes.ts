// Snoozed threads come back in time: their lists and counts change although no frame says so. All that an account has
// snoozed is loaded, so that a thread far down in a list comes back too.

import { effect } from "@preact/signals";
import { now } from "../browser/server-clock";
import { dropError } from "../browser/drop-error";
import type { Mailbox } from "../api/types";
import { isLoaded, knownRows, onThreadChange, peekThread, session, setThread } from "./store";
import { loadMoreThreads } from "./sync";
import { loadedList, type ListQuery } from "./thread-lists";

const LONGEST = 2 ** 31 - 1; // ms that a timer of a browser can take
const timers = new Map<string, number>();

/** Call once. */
export function watchSnoozes(): void {
  onThreadChange((id, before, after) => {
    if (before.snooze !== after.snooze) wakeInTime(id);
  });
  effect(() => {
    if (!isLoaded.value) return;
    for (const { id } of knownRows()) wakeInTime(id);
    const lists = session.shelves.filter((shelf): shelf is Mailbox => shelf !== "raised");
    for (const shelf of lists) void loadAll({ shelf, show: "snoozed" });
  });
}

async function loadAll(list: ListQuery): Promise<void> {
  const load = () => loadMoreThreads(list).catch(dropError("the list is loaded when it is shown"));
  if (!loadedList(list)) await load();
  if (loadedList(list)?.next.peek()) await load(); // at most a hundred: two pages
}

function wakeInTime(id: string): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
  const { snooze } = peekThread(id);
  if (!snooze?.until) return;
  const left = snooze.until - now();
  if (left > 0)
    timers.set(
      id,
      setTimeout(() => wakeInTime(id), Math.min(left + 1, LONGEST)),
    );
  else setThread(id, { ...peekThread(id), snooze: { ...snooze, until: null } });
}
