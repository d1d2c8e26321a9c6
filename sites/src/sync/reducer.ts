// A page that is updated by frames equals a page that is loaded anew. Every fact only grows, so the order of arrival
// does not matter.
//
// Rows and the meter win by `rev`, read marks by size, removals by their `rev`. A log takes only the entry that
// continues it. A gap is not filled by guessing: `isLogBehind` finds it, and the log is fetched.

import type { Meter, Row, ServerFrame, ShownEntry } from "../api/protocol";
import type { Listed, Opened } from "../api/types";

interface ReadMarks {
  /** How many of the other side's messages this viewer has read. */
  read: number;
  /** The highest seq that the other side has seen. */
  seen: number;
}

export interface ViewState {
  rows: ReadonlyMap<string, Row>;
  gone: ReadonlyMap<string, number>;
  readMarks: ReadonlyMap<string, ReadMarks>;
  logs: ReadonlyMap<string, readonly ShownEntry[]>;
  meter: Omit<Meter, "t"> | null;
}

export const emptyView: ViewState = {
  rows: new Map(),
  gone: new Map(),
  readMarks: new Map(),
  logs: new Map(),
  meter: null,
};

/** The view after a frame. A frame with nothing new returns the same view. */
export function reduce(view: ViewState, frame: ServerFrame): ViewState {
  switch (frame.t) {
    case "ack":
    case "event":
      return withEntry(withRow(view, frame.row), frame.id, frame.row.rev, frame.entry);
    case "row":
      return withRow(view, frame.row);
    case "gone":
      return withGone(view, frame.id, frame.rev);
    case "meter":
      return withMeter(view, frame);
    case "seen":
      return withMarks(view, frame.id, 0, frame.seq);
    case "read":
      return withMarks(view, frame.id, frame.read, 0);
    default:
      return view;
  }
}

/** The view after a row of a list, or a thread that was fetched by its id. */
export function withLoaded(view: ViewState, loaded: Listed | Opened): ViewState {
  return withMarks(withRow(view, loaded.row), loaded.row.id, loaded.read, "seen" in loaded ? loaded.seen : 0);
}

function withRow(view: ViewState, row: Row): ViewState {
  const currentRev = view.rows.get(row.id)?.rev ?? view.gone.get(row.id) ?? 0;
  return row.rev > currentRev ? { ...view, rows: withValue(view.rows, row.id, row) } : view;
}

/** The thread is gone for this viewer at `rev`. Only a later row brings it back. What was read stays read. */
export function withGone(view: ViewState, id: string, rev: number): ViewState {
  if (rev <= (view.gone.get(id) ?? 0)) return view;
  const gone = withValue(view.gone, id, rev);
  if ((view.rows.get(id)?.rev ?? 0) > rev) return { ...view, gone };
  return { ...view, gone, rows: withoutKey(view.rows, id), logs: withoutKey(view.logs, id) };
}

export function withMeter(view: ViewState, { rev, open, most }: Omit<Meter, "t">): ViewState {
  return rev > (view.meter?.rev ?? 0) ? { ...view, meter: { rev, open, most } } : view;
}

/** Adds a fetched page to a log. If the two do not meet, the later one is kept. */
export function withPage(view: ViewState, id: string, entries: readonly ShownEntry[]): ViewState {
  if (!view.rows.has(id) || entries.length === 0) return view;
  return { ...view, logs: withValue(view.logs, id, joinLogs(view.logs.get(id) ?? [], entries)) };
}

export const lastSeq = (log: readonly ShownEntry[] | undefined): number => log?.at(-1)?.seq ?? 0;
export const firstSeq = (log: readonly ShownEntry[] | undefined): number => log?.[0]?.seq ?? 0;

/** Whether the log lacks entries that its row counts. */
export function isLogBehind(view: ViewState, id: string): boolean {
  const row = view.rows.get(id);
  return row !== undefined && lastSeq(view.logs.get(id)) < row.seq;
}

/** To a school, what its side has answered is not unread, whoever of them answered. */
export function unreadCount(view: ViewState, row: Row): number {
  const settled = row.as === "school" ? row.settled : 0;
  return Math.max(0, row.theirs - Math.max(settled, view.readMarks.get(row.id)?.read ?? 0));
}

function withEntry(view: ViewState, id: string, rev: number, entry: ShownEntry): ViewState {
  const log = view.logs.get(id);
  const isStale = rev <= (view.gone.get(id) ?? 0);
  return log === undefined || isStale || entry.seq !== lastSeq(log) + 1
    ? view
    : { ...view, logs: withValue(view.logs, id, [...log, entry]) };
}

function withMarks(view: ViewState, id: string, read: number, seen: number): ViewState {
  const current = view.readMarks.get(id) ?? { read: 0, seen: 0 };
  if (read <= current.read && seen <= current.seen) return view;
  const next = { read: Math.max(read, current.read), seen: Math.max(seen, current.seen) };
  return { ...view, readMarks: withValue(view.readMarks, id, next) };
}

function joinLogs(current: readonly ShownEntry[], page: readonly ShownEntry[]): readonly ShownEntry[] {
  const [low, high] = firstSeq(current) <= firstSeq(page) ? [current, page] : [page, current];
  if (low.length === 0) return high;
  if (firstSeq(high) > lastSeq(low) + 1) return high;
  return lastSeq(high) > lastSeq(low) ? [...low.filter((entry) => entry.seq < firstSeq(high)), ...high] : low;
}

function withValue<V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> {
  return new Map(map).set(key, value);
}

function withoutKey<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}
