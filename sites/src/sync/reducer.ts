// A page that is updated by frames equals a page that is loaded anew. Every fact of a thread only grows, so the order of
// arrival does not matter.
//
// Rows and the meter win by `rev`, read marks by size, removals by their `rev`. A log takes only the entry that
// continues it. A gap is not filled by guessing: `isLogBehind` finds it, and the log is fetched.

import type { Meter, Row, ServerFrame, ShownEntry, ShownSnooze } from "../api/protocol";
import type { Listed, Opened } from "../api/types";

/** A part of a thread's entries, by seq and without a gap. */
export interface Log {
  entries: readonly ShownEntry[];
  /** Whether it follows the end of the thread. If not, it shows an earlier part, and new entries do not continue it. */
  atEnd: boolean;
}

export interface Thread {
  /** undefined: it is not loaded, or gone. */
  row: Row | undefined;
  /** The revision at which it was gone for this viewer; 0 if it never was. */
  gone: number;
  /** How many of the other side's messages this viewer has read. */
  read: number;
  /** The highest seq that the other side has seen. */
  seen: number;
  /** Until when this viewer has put it off. The highest `rev` wins. */
  snooze: ShownSnooze | null;
  /** undefined: it was not opened. */
  log: Log | undefined;
}

export type OpenThreads = Omit<Meter, "t">;

export const unknownThread: Thread = { row: undefined, gone: 0, read: 0, seen: 0, snooze: null, log: undefined };

/** The id of the thread that a frame changes; null if it changes none. */
export function threadOfFrame(frame: ServerFrame): string | null {
  if ("row" in frame) return frame.row.id;
  return ["gone", "reload", "seen", "read", "snoozed"].includes(frame.t) && "id" in frame ? frame.id : null;
}

/** A thread after a frame about it. A frame with nothing new returns the same thread. */
export function reduce(thread: Thread, frame: ServerFrame): Thread {
  switch (frame.t) {
    case "ack":
    case "event":
      return withEntry(withRow(thread, frame.row), frame.row.rev, frame.entry);
    case "row":
      return withRow(thread, frame.row);
    case "reload":
      return frame.texts ? withoutTexts(thread, frame.rev) : thread;
    case "gone":
      return withGone(thread, frame.rev);
    case "seen":
      return withMarks(thread, 0, frame.seq);
    case "read":
      return withMarks(thread, frame.read, 0);
    case "snoozed":
      return withSnooze(thread, frame.snooze);
    default:
      return thread;
  }
}

/** A thread after its row in a list, or after it was fetched by its id. */
export function withLoaded(thread: Thread, loaded: Listed | Opened): Thread {
  const marked = withMarks(withRow(thread, loaded.row), loaded.read, "seen" in loaded ? loaded.seen : 0);
  return withSnooze(marked, loaded.snooze);
}

const withSnooze = (thread: Thread, snooze: ShownSnooze | null): Thread =>
  (snooze?.rev ?? 0) > (thread.snooze?.rev ?? 0) ? { ...thread, snooze } : thread;

function withRow(thread: Thread, row: Row): Thread {
  return row.rev > Math.max(thread.row?.rev ?? 0, thread.gone) ? { ...thread, row } : thread;
}

/**
 * What was shown before `rev` is shown otherwise now: frames and rows from before it count no more. The row stays until
 * it is loaded.
 */
function withoutTexts(thread: Thread, rev: number): Thread {
  return rev - 1 > thread.gone ? { ...thread, gone: rev - 1, log: undefined } : thread;
}

/** The thread is gone for this viewer at `rev`. Only a later row brings it back. What was read stays read. */
export function withGone(thread: Thread, rev: number): Thread {
  if (rev <= thread.gone) return thread;
  if ((thread.row?.rev ?? 0) > rev) return { ...thread, gone: rev };
  return { ...thread, gone: rev, row: undefined, log: undefined };
}

/** Leaves what was read and seen. The row and the log are asked for again when they are shown. */
export function withoutContent(thread: Thread): Thread {
  return { ...thread, row: undefined, log: undefined };
}

export function withMeter(current: OpenThreads | null, { rev, open, most }: OpenThreads): OpenThreads | null {
  return rev > (current?.rev ?? 0) ? { rev, open, most } : current;
}

/** Adds a fetched page to a log. If the two do not meet, the later one is kept. */
export function withPage(thread: Thread, entries: readonly ShownEntry[]): Thread {
  if (!thread.row || entries.length === 0) return thread;
  return withEntries(thread, joinEntries(thread.log?.entries ?? [], entries), thread.log?.atEnd ?? true);
}

/** Shows another part of the log in place of the one that was shown. */
export function withPart(thread: Thread, entries: readonly ShownEntry[]): Thread {
  return thread.row && entries.length > 0 ? withEntries(thread, entries, false) : thread;
}

/** Keeps at most so many entries, those at one side. */
export function withEntriesAt(thread: Thread, side: "start" | "end", most: number): Thread {
  const { log } = thread;
  if (!log || log.entries.length <= most) return thread;
  const entries = side === "start" ? log.entries.slice(0, most) : log.entries.slice(-most);
  return { ...thread, log: { entries, atEnd: log.atEnd && side === "end" } };
}

export const lastSeq = (log: Log | undefined): number => log?.entries.at(-1)?.seq ?? 0;
export const firstSeq = (log: Log | undefined): number => log?.entries[0]?.seq ?? 0;

/** Whether a log that follows the end lacks entries that its row counts. */
export function isLogBehind({ row, log }: Thread): boolean {
  return row !== undefined && log?.atEnd !== false && lastSeq(log) < row.seq;
}

/** To a school, what its side has answered is not unread, whoever of them answered. */
export function unreadCount({ row, read }: Thread): number {
  if (!row) return 0;
  return Math.max(0, row.theirs - Math.max(row.as === "school" ? row.settled : 0, read));
}

function withEntry(thread: Thread, rev: number, entry: ShownEntry): Thread {
  const { log } = thread;
  const isStale = rev <= thread.gone;
  if (!log?.atEnd || isStale || entry.seq !== lastSeq(log) + 1) return thread;
  return { ...thread, log: { ...log, entries: [...log.entries, entry] } };
}

function withMarks(thread: Thread, read: number, seen: number): Thread {
  if (read <= thread.read && seen <= thread.seen) return thread;
  return { ...thread, read: Math.max(read, thread.read), seen: Math.max(seen, thread.seen) };
}

/** A part that reaches the thread's last entry follows the end from then on. */
function withEntries(thread: Thread, entries: readonly ShownEntry[], atEnd: boolean): Thread {
  return { ...thread, log: { entries, atEnd: atEnd || (entries.at(-1)?.seq ?? 0) >= (thread.row?.seq ?? 0) } };
}

function joinEntries(current: readonly ShownEntry[], page: readonly ShownEntry[]): readonly ShownEntry[] {
  const start = (entries: readonly ShownEntry[]) => entries[0]?.seq ?? 0;
  const end = (entries: readonly ShownEntry[]) => entries.at(-1)?.seq ?? 0;
  const [low, high] = start(current) <= start(page) ? [current, page] : [page, current];
  if (low.length === 0) return high;
  if (start(high) > end(low) + 1) return high;
  return end(high) > end(low) ? [...low.filter((entry) => entry.seq < start(high)), ...high] : low;
}
