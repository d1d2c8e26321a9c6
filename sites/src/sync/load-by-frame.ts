// What a page loads because of a frame.

import type { Reload } from "../api/protocol";
import { addInternalEntries, hideTyping, internalNotes, late, peekThread } from "./store";
import { fetchThread, fetchThreadNow, refresh } from "./sync";

const AT_ONCE = 20; // lookups
const PACE = 500; // ms for each one more

const waiting = new Set<string>();
let due = 0; // when all lookups so far would have been made at the pace
let isRunning = false;

/**
 * A frame may bring the row of a thread that this page has not loaded: a new one, or one beyond the pages of its lists. The
 * frame has all that the row shows, but for who asked and what was read. That is looked up at a pace: all tabs of a school
 * share what it may read, and a busy hour must not use it up.
 */
export function fetchUnknown(id: string): void {
  waiting.add(id);
  if (!isRunning) void fetchAll();
}

async function fetchAll(): Promise<void> {
  isRunning = true;
  for (const id of waiting) {
    due = Math.max(due, performance.now()) + PACE;
    const wait = due - performance.now() - AT_ONCE * PACE;
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    waiting.delete(id);
    void refresh(fetchThread(id));
  }
  isRunning = false;
}

/**
 * Something is new in a thread of which words are hidden. No frame has its texts, so they are asked for: the row here, the
 * log where it is shown, and the notes if they were loaded.
 */
export async function reloadThread({ id, rev, texts }: Reload): Promise<void> {
  const before = peekThread(id).row;
  const isNote = !texts && before !== undefined && before.rev >= rev;
  const hasNotes = internalNotes.peek().has(id);
  if (texts) addInternalEntries(id, null);
  await Promise.all([!isNote && fetchThreadNow(id, true), (isNote || (texts && hasNotes)) && late.notes?.(id)]);
  const { row } = peekThread(id);
  if (row?.last?.side === "raiser" && row.seq > (before?.seq ?? 0)) hideTyping(id);
}
