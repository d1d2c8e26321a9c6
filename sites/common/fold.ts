// A screen fed by frames equals a fresh load: every fact is a register that only grows, so the order of arrival is nothing.
//
// Rows and the meter win by `rev`, marks by size, removals by the `rev` they carry; a log takes only what continues it.
// What is missing is never guessed: it shows as `behind` and is fetched.

import type { Listed, Meter, Opened, Row, ServerFrame, ShownEntry } from "./protocol";

export interface Marks {
  /** How many of the other side's messages this viewer has read. */
  read: number;
  /** The highest seq that the other side has seen. */
  seen: number;
}

export interface View {
  rows: ReadonlyMap<string, Row>;
  gone: ReadonlyMap<string, number>;
  marks: ReadonlyMap<string, Marks>;
  logs: ReadonlyMap<string, readonly ShownEntry[]>;
  meter: Omit<Meter, "t"> | null;
}

export const nothing: View = { rows: new Map(), gone: new Map(), marks: new Map(), logs: new Map(), meter: null };

/** The view after one more frame. Frames that say nothing new return the same view. */
export function fold(view: View, frame: ServerFrame): View {
  switch (frame.t) {
    case "ack":
    case "event":
      return entry(withRow(view, frame.row), frame.id, frame.row.rev, frame.entry);
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

/** The view after a row of a list, or a thread asked for by its id, was loaded. */
export function load(view: View, loaded: Listed | Opened): View {
  return withMarks(withRow(view, loaded.row), loaded.row.id, loaded.read, "seen" in loaded ? loaded.seen : 0);
}

export function withRow(view: View, row: Row): View {
  const held = view.rows.get(row.id)?.rev ?? view.gone.get(row.id) ?? 0;
  return row.rev > held ? { ...view, rows: put(view.rows, row.id, row) } : view;
}

/** The thread left this viewer at `rev`; only a later row brings it back. What was read of it stays read. */
export function withGone(view: View, id: string, rev: number): View {
  if (rev <= (view.gone.get(id) ?? 0)) return view;
  const gone = put(view.gone, id, rev);
  if ((view.rows.get(id)?.rev ?? 0) > rev) return { ...view, gone };
  return { ...view, gone, rows: without(view.rows, id), logs: without(view.logs, id) };
}

export function withMeter(view: View, { rev, open, most }: Omit<Meter, "t">): View {
  return rev > (view.meter?.rev ?? 0) ? { ...view, meter: { rev, open, most } } : view;
}

/** A stretch of a log was fetched: joined to what is held where they meet, else the later of the two is kept. */
export function withPage(view: View, id: string, entries: readonly ShownEntry[]): View {
  if (!view.rows.has(id) || entries.length === 0) return view;
  return { ...view, logs: put(view.logs, id, join(view.logs.get(id) ?? [], entries)) };
}

export const lastSeq = (log: readonly ShownEntry[] | undefined): number => log?.at(-1)?.seq ?? 0;
export const firstSeq = (log: readonly ShownEntry[] | undefined): number => log?.[0]?.seq ?? 0;

/** Whether the log lacks entries that its row already counts. */
export function behind(view: View, id: string): boolean {
  const row = view.rows.get(id);
  return row !== undefined && lastSeq(view.logs.get(id)) < row.seq;
}

export function unread(view: View, row: Row): number {
  return Math.max(0, row.theirs - (view.marks.get(row.id)?.read ?? 0));
}

function entry(view: View, id: string, rev: number, entry: ShownEntry): View {
  const log = view.logs.get(id);
  const late = rev <= (view.gone.get(id) ?? 0);
  return log === undefined || late || entry.seq !== lastSeq(log) + 1
    ? view
    : { ...view, logs: put(view.logs, id, [...log, entry]) };
}

function withMarks(view: View, id: string, read: number, seen: number): View {
  const held = view.marks.get(id) ?? { read: 0, seen: 0 };
  if (read <= held.read && seen <= held.seen) return view;
  const grown = { read: Math.max(read, held.read), seen: Math.max(seen, held.seen) };
  return { ...view, marks: put(view.marks, id, grown) };
}

function join(held: readonly ShownEntry[], page: readonly ShownEntry[]): readonly ShownEntry[] {
  const [low, high] = firstSeq(held) <= firstSeq(page) ? [held, page] : [page, held];
  if (low.length === 0) return high;
  if (firstSeq(high) > lastSeq(low) + 1) return high;
  return lastSeq(high) > lastSeq(low) ? [...low.filter((kept) => kept.seq < firstSeq(high)), ...high] : low;
}

function put<V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> {
  return new Map(map).set(key, value);
}

function without<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}
