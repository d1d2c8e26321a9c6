import { describe, expect, test } from "vitest";
import {
  isLogBehind,
  type OpenThreads,
  reduce,
  type Thread,
  threadOfFrame,
  unknownThread,
  unreadCount,
  withEntriesAt,
  withGone,
  withLoaded,
  withMeter,
  withPage,
  withPart,
} from "./reducer";
import { ended, event, id, message, row } from "../../testing/fixtures";
import type { ServerFrame } from "../api/protocol";
import type { Listed, LogPage, Opened } from "../api/types";

const after = (...frames: ServerFrame[]): Thread => frames.reduce(reduce, unknownThread);
const log = (thread: Thread) => thread.log?.entries.map((entry) => entry.seq);
const messages = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => message(first + i, "school"));

const opened = withPage(
  withLoaded(unknownThread, { row: row("exam", 2, { seq: 2, theirs: 1 }), read: 0, snooze: null, seen: 0 }),
  [message(1, "raiser"), message(2, "school")],
);

describe("rows", () => {
  test("the highest revision wins, in whatever order rows arrive", () => {
    const older: ServerFrame = { t: "row", row: row("exam", 1, { subject: "Old" }) };
    const newer: ServerFrame = { t: "row", row: row("exam", 2, { subject: "New" }) };
    expect(after(older, newer)).toEqual(after(newer, older));
    expect(after(newer, older).row?.subject).toBe("New");
  });

  test("a frame with nothing new returns the same thread", () => {
    const received: ServerFrame[] = [
      event("exam", 2, "school", { theirs: 1 }),
      { t: "seen", id: id("exam"), seq: 1 },
      { t: "read", id: id("exam"), read: 1 },
    ];
    const thread = after(...received);
    for (const frame of received) expect(reduce(thread, frame)).toBe(thread);
    expect(reduce(thread, { t: "pong" })).toBe(thread);
    expect(reduce(thread, { t: "typing", id: id("exam") })).toBe(thread);
    const gone = after({ t: "gone", id: id("exam"), rev: 3 });
    expect(reduce(gone, { t: "gone", id: id("exam"), rev: 3 })).toBe(gone);
  });

  test("a frame says which thread it changes, or that it changes none", () => {
    const frames: ServerFrame[] = [
      event("exam", 2, "school"),
      { t: "row", row: row("exam", 1) },
      { t: "gone", id: id("exam"), rev: 3 },
      { t: "seen", id: id("exam"), seq: 1 },
      { t: "read", id: id("exam"), read: 1 },
    ];
    expect(frames.map(threadOfFrame)).toEqual(frames.map(() => id("exam")));
    expect([threadOfFrame({ t: "pong" }), threadOfFrame({ t: "meter", rev: 1, open: 1, most: 5 })]).toEqual([
      null,
      null,
    ]);
  });

  test("a frame does not change the thread that it is applied to", () => {
    const before = structuredClone(opened);
    reduce(opened, event("exam", 3, "school"));
    expect(opened).toEqual(before);
  });
});

describe("removals", () => {
  const gone = (rev: number): ServerFrame => ({ t: "gone", id: id("exam"), rev });

  test("a thread that is gone loses its row and its log", () => {
    expect(reduce(opened, gone(3))).toMatchObject({ row: undefined, log: undefined });
  });

  test("a frame that was sent before the removal and arrives after it is ignored", () => {
    const removed = reduce(opened, gone(4));
    expect(reduce(removed, event("exam", 3, "school"))).toBe(removed);
    expect(reduce(removed, { t: "row", row: row("exam", 4) })).toBe(removed);
  });

  test("a thread comes back with a later revision, and what was read stays read", () => {
    const read = reduce(opened, { t: "read", id: id("exam"), read: 1 });
    const back = reduce(withGone(read, 3), { t: "row", row: row("exam", 5, { theirs: 3 }) });
    expect(unreadCount(back)).toBe(2);
    expect(back.log).toBeUndefined();
  });

  test("after a thread has come back, a frame from before the removal is still ignored", () => {
    const returned = reduce(withGone(opened, 4), { t: "row", row: row("exam", 5, { seq: 3 }) });
    const read = withPage(returned, messages(1, 2));
    expect(reduce(read, event("exam", 3, "school"))).toBe(read);
  });

  test("a removal that is older than the row removes nothing", () => {
    const returned = reduce(opened, { t: "row", row: row("exam", 9, { seq: 2 }) });
    expect(reduce(returned, gone(5)).row).toBeDefined();
  });
});

describe("logs", () => {
  test("an entry is appended once, however often it arrives", () => {
    const next = event("exam", 3, "school");
    expect(log([next, next].reduce(reduce, opened))).toEqual([1, 2, 3]);
  });

  test("an ack continues the log as an event does", () => {
    const { id, entry, row } = event("exam", 3, "raiser");
    expect(log(reduce(opened, { t: "ack", key: "k", id, entry, row }))).toEqual([1, 2, 3]);
  });

  test("an entry after a gap is not appended, and the log counts as behind until it is fetched", () => {
    const gap = reduce(opened, event("exam", 4, "school"));
    expect(log(gap)).toEqual([1, 2]);
    expect(isLogBehind(gap)).toBe(true);
    const whole = withPage(gap, messages(3, 4));
    expect(log(whole)).toEqual([1, 2, 3, 4]);
    expect(isLogBehind(whole)).toBe(false);
  });

  test("a thread that was not opened has a row and no log", () => {
    const thread = after(event("exam", 1, "raiser"));
    expect(thread.log).toBeUndefined();
    expect(isLogBehind(thread)).toBe(true);
  });

  test("an unknown thread is not behind, and a page of it is dropped", () => {
    expect(isLogBehind(unknownThread)).toBe(false);
    expect(withPage(unknownThread, messages(1, 1))).toBe(unknownThread);
  });

  test.each([
    ["earlier entries are put first", [3, 4], [1, 2], [1, 2, 3, 4]],
    ["later entries are put last", [1, 2], [3, 4], [1, 2, 3, 4]],
    ["entries that overlap appear once", [2, 3], [1, 2, 3, 4], [1, 2, 3, 4]],
    ["known entries change nothing", [1, 2, 3], [2], [1, 2, 3]],
    ["if two pages do not meet, the later one is kept", [1, 2], [5, 6], [5, 6]],
    ["and an earlier page that does not meet is dropped", [5, 6], [1, 2], [5, 6]],
  ])("of a fetched page, %s", (_, known, page, want) => {
    const seqs = (seqs: number[]) => seqs.map((seq) => message(seq, "school"));
    const start = withPage(after({ t: "row", row: row("exam", 1) }), seqs(known));
    expect(log(withPage(start, seqs(page)))).toEqual(want);
  });

  test("the end of a thread is the last entry of its log", () => {
    const over: ServerFrame = {
      t: "event",
      id: id("exam"),
      entry: ended(3),
      row: row("exam", 3, { seq: 3, state: "terminated" }),
    };
    const thread = reduce(opened, over);
    expect(thread.log?.entries.at(-1)?.as).toBe("ended");
    expect(thread.row?.state).toBe("terminated");
  });

  test("an earlier part is not continued by what arrives, and is not behind", () => {
    const long = after({ t: "row", row: row("exam", 90, { seq: 90 }) });
    const part = reduce(withPart(long, messages(40, 50)), event("exam", 91, "school"));
    expect([log(part)?.at(-1), part.log?.atEnd, isLogBehind(part)]).toEqual([50, false, false]);
  });

  test("a part that is read on to the last entry follows the end again", () => {
    const long = after({ t: "row", row: row("exam", 60, { seq: 60 }) });
    const whole = withPage(withPart(long, messages(40, 50)), messages(51, 60));
    expect([log(whole)?.at(-1), whole.log?.atEnd]).toEqual([60, true]);
    expect(log(reduce(whole, event("exam", 61, "school")))?.at(-1)).toBe(61);
  });

  test("a long log keeps one side of itself", () => {
    const long = withPage(after({ t: "row", row: row("exam", 60, { seq: 60 }) }), messages(1, 60));
    const [start, end] = [withEntriesAt(long, "start", 20), withEntriesAt(long, "end", 20)];
    expect([log(start), start.log?.atEnd]).toEqual([messages(1, 20).map(({ seq }) => seq), false]);
    expect([log(end), end.log?.atEnd]).toEqual([messages(41, 60).map(({ seq }) => seq), true]);
    expect(withEntriesAt(long, "start", 60)).toBe(long);
  });
});

describe("registers", () => {
  test("read marks only grow, each by itself", () => {
    const thread = after(
      { t: "read", id: id("exam"), read: 5 },
      { t: "seen", id: id("exam"), seq: 3 },
      { t: "read", id: id("exam"), read: 2 },
    );
    expect(thread).toMatchObject({ read: 5, seen: 3 });
  });

  test("unread counts the other side's messages minus the read ones, and is never negative", () => {
    const read = after({ t: "row", row: row("exam", 1, { theirs: 4 }) }, { t: "read", id: id("exam"), read: 3 });
    expect(unreadCount(read)).toBe(1);
    expect(unreadCount({ ...read, row: row("exam", 1, { theirs: 2 }) })).toBe(0);
  });

  test("an older meter does not replace a newer one", () => {
    const newer = withMeter(null, { rev: 2, open: 2, most: 5 });
    expect(withMeter(newer, { rev: 1, open: 1, most: 5 })).toBe(newer);
  });
});

// Histories that the backend's tests played, each with what a fresh load showed at its end (`build/vectors.json`).
interface Vector {
  steps: readonly (
    | { t: "frame"; frame: ServerFrame }
    | { t: "loaded"; listed: Listed | Opened }
    | { t: "page"; id: string; entries: LogPage["entries"] }
    | { t: "met"; meter: OpenThreads }
  )[];
  shows: { threads: readonly Opened[]; logs: Readonly<Record<string, LogPage["entries"]>>; meter: OpenThreads | null };
}

class Screen {
  readonly threads = new Map<string, Thread>();
  meter: OpenThreads | null = null;

  play(step: Vector["steps"][number]): void {
    if (step.t === "met") this.meter = withMeter(this.meter, step.meter);
    else if (step.t === "loaded") this.#change(step.listed.row.id, (thread) => withLoaded(thread, step.listed));
    else if (step.t === "page") this.#change(step.id, (thread) => withPage(thread, step.entries));
    else if (step.frame.t === "meter") this.meter = withMeter(this.meter, step.frame);
    else this.#change(threadOfFrame(step.frame), (thread) => reduce(thread, step.frame));
  }

  #change(id: string | null, change: (thread: Thread) => Thread): void {
    if (id !== null) this.threads.set(id, change(this.threads.get(id) ?? unknownThread));
  }
}

const found = import.meta.glob<readonly Vector[]>("../../../build/vectors.json", { import: "default", eager: true });
const vectors = Object.values(found)[0];

if (vectors)
  test("a screen fed by frames equals a fresh load, in every history the backend played", () => {
    expect(vectors.length).toBeGreaterThan(0);
    for (const { steps, shows } of vectors) {
      const screen = new Screen();
      for (const step of steps) screen.play(step);
      const rows = [...screen.threads.values()].flatMap(({ row }) => row ?? []);
      const byId = (found: readonly { id: string }[]) => Object.fromEntries(found.map((row) => [row.id, row]));
      expect(byId(rows)).toEqual(byId(shows.threads.map(({ row }) => row)));
      for (const { row, read } of shows.threads) expect(screen.threads.get(row.id)?.read ?? 0).toBe(read);
      for (const [id, { log }] of screen.threads) if (log) expect(log.entries).toEqual(shows.logs[id]);
      expect(screen.meter).toEqual(shows.meter);
    }
  });

test("the latest change of a snooze wins, in whatever order they arrive", () => {
  const snoozed = (rev: number, until: number | null) =>
    ({ t: "snoozed", id: id("exam"), snooze: { rev, until, theirs: 1 } }) as const;
  expect(after(snoozed(1, 5), snoozed(2, null)).snooze?.until).toBeNull();
  expect(after(snoozed(2, null), snoozed(1, 5)).snooze?.until).toBeNull();
  const loaded = { row: row("exam", 1), read: 0, snooze: { rev: 1, until: 5, theirs: 1 } };
  expect(withLoaded(after(snoozed(2, 7)), loaded).snooze?.until).toBe(7);
  expect(withLoaded(unknownThread, loaded).snooze?.until).toBe(5);
});

describe("texts that are shown otherwise", () => {
  const masked: ServerFrame = { t: "reload", id: id("exam"), rev: 4, texts: true };

  test("leave the log, and neither rows nor entries from before bring them back", () => {
    const thread = reduce(opened, masked);
    expect([thread.log, thread.row?.rev]).toEqual([undefined, 2]);
    const late = reduce(thread, event("exam", 3, "school", { rev: 3 }));
    expect(late).toBe(thread);
    const loaded = withLoaded(late, { row: row("exam", 4, { subject: "New" }), read: 0, snooze: null, seen: 0 });
    expect(loaded.row?.subject).toBe("New");
    expect(reduce(loaded, masked)).toBe(loaded);
  });

  test("stay where only something is new", () => {
    expect(reduce(opened, { t: "reload", id: id("exam"), rev: 3, texts: false })).toBe(opened);
    expect(threadOfFrame(masked)).toBe(id("exam"));
  });
});
