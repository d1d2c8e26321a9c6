import { describe, expect, test } from "vitest";
import {
  isLogBehind,
  reduce,
  withLoaded,
  emptyView,
  unreadCount,
  type ViewState,
  withGone,
  withMeter,
  withPage,
} from "./reducer";
import { ended, event, id, message, row } from "../../testing/fixtures";
import type { ServerFrame } from "../api/protocol";
import type { Listed, LogPage, Opened } from "../api/types";

const after = (...frames: ServerFrame[]): ViewState => frames.reduce(reduce, emptyView);
const log = (view: ViewState, name: string) => view.logs.get(id(name))?.map((entry) => entry.seq);

const opened = withPage(
  withLoaded(emptyView, { row: row("exam", 2, { seq: 2, theirs: 1 }), read: 0, seen: 0 }),
  id("exam"),
  [message(1, "raiser"), message(2, "school")],
);

describe("rows", () => {
  test("the highest revision wins, in whatever order rows arrive", () => {
    const older: ServerFrame = { t: "row", row: row("exam", 1, { subject: "Old" }) };
    const newer: ServerFrame = { t: "row", row: row("exam", 2, { subject: "New" }) };
    expect(after(older, newer)).toEqual(after(newer, older));
    expect(after(newer, older).rows.get(id("exam"))?.subject).toBe("New");
  });

  test("a frame with nothing new returns the same view", () => {
    const received: ServerFrame[] = [
      event("exam", 2, "school", { theirs: 1 }),
      { t: "meter", rev: 1, open: 1, most: 5 },
      { t: "seen", id: id("exam"), seq: 1 },
      { t: "read", id: id("exam"), read: 1 },
      { t: "gone", id: id("loan"), rev: 3 },
    ];
    const view = after(...received);
    for (const frame of received) expect(reduce(view, frame)).toBe(view);
    expect(reduce(view, { t: "pong" })).toBe(view);
    expect(reduce(view, { t: "typing", id: id("exam") })).toBe(view);
  });

  test("a frame does not change the view that it is applied to", () => {
    const before = structuredClone(opened);
    reduce(opened, event("exam", 3, "school"));
    expect(opened).toEqual(before);
  });
});

describe("removals", () => {
  test("a thread that is gone loses its row and its log", () => {
    const view = reduce(opened, { t: "gone", id: id("exam"), rev: 3 });
    expect(view.rows.size + view.logs.size).toBe(0);
  });

  test("a frame that was sent before the removal and arrives after it is ignored", () => {
    const gone = reduce(opened, { t: "gone", id: id("exam"), rev: 4 });
    expect(reduce(gone, event("exam", 3, "school"))).toBe(gone);
    expect(reduce(gone, { t: "row", row: row("exam", 4) })).toBe(gone);
  });

  test("a thread comes back with a later revision, and what was read stays read", () => {
    const read = reduce(opened, { t: "read", id: id("exam"), read: 1 });
    const back = reduce(withGone(read, id("exam"), 3), { t: "row", row: row("exam", 5, { theirs: 3 }) });
    const found = back.rows.get(id("exam"));
    expect(found && unreadCount(back, found)).toBe(2);
    expect(log(back, "exam")).toBeUndefined();
  });

  test("after a thread has come back, a frame from before the removal is still ignored", () => {
    const returned = reduce(withGone(opened, id("exam"), 4), { t: "row", row: row("exam", 5, { seq: 3 }) });
    const read = withPage(returned, id("exam"), [message(1, "raiser"), message(2, "school")]);
    expect(reduce(read, event("exam", 3, "school"))).toBe(read);
  });

  test("a removal that is older than the row removes nothing", () => {
    const returned = reduce(opened, { t: "row", row: row("exam", 9, { seq: 2 }) });
    expect(reduce(returned, { t: "gone", id: id("exam"), rev: 5 }).rows.has(id("exam"))).toBe(true);
  });
});

describe("logs", () => {
  test("an entry is appended once, however often it arrives", () => {
    const next = event("exam", 3, "school");
    expect(log([next, next].reduce(reduce, opened), "exam")).toEqual([1, 2, 3]);
  });

  test("an ack continues the log as an event does", () => {
    const { id, entry, row } = event("exam", 3, "raiser");
    expect(log(reduce(opened, { t: "ack", key: "k", id, entry, row }), "exam")).toEqual([1, 2, 3]);
  });

  test("an entry after a gap is not appended, and the log counts as behind until it is fetched", () => {
    const gap = reduce(opened, event("exam", 4, "school"));
    expect(log(gap, "exam")).toEqual([1, 2]);
    expect(isLogBehind(gap, id("exam"))).toBe(true);
    const whole = withPage(gap, id("exam"), [message(3, "school"), message(4, "school")]);
    expect(log(whole, "exam")).toEqual([1, 2, 3, 4]);
    expect(isLogBehind(whole, id("exam"))).toBe(false);
  });

  test("a thread that was not opened has a row and no log", () => {
    const view = after(event("exam", 1, "raiser"));
    expect(view.logs.size).toBe(0);
    expect(isLogBehind(view, id("exam"))).toBe(true);
  });

  test("an unknown thread is not behind, and a page of it is dropped", () => {
    expect(isLogBehind(emptyView, id("exam"))).toBe(false);
    expect(withPage(emptyView, id("exam"), [message(1, "raiser")])).toBe(emptyView);
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
    const start = withPage(reduce(emptyView, { t: "row", row: row("exam", 1) }), id("exam"), seqs(known));
    expect(log(withPage(start, id("exam"), seqs(page)), "exam")).toEqual(want);
  });

  test("the end of a thread is the last entry of its log", () => {
    const over: ServerFrame = {
      t: "event",
      id: id("exam"),
      entry: ended(3),
      row: row("exam", 3, { seq: 3, state: "terminated" }),
    };
    const view = reduce(opened, over);
    expect(view.logs.get(id("exam"))?.at(-1)?.as).toBe("ended");
    expect(view.rows.get(id("exam"))?.state).toBe("terminated");
  });
});

describe("registers", () => {
  test("read marks only grow, each by itself", () => {
    const view = after(
      { t: "read", id: id("exam"), read: 5 },
      { t: "seen", id: id("exam"), seq: 3 },
      { t: "read", id: id("exam"), read: 2 },
    );
    expect(view.readMarks.get(id("exam"))).toEqual({ read: 5, seen: 3 });
  });

  test("unread counts the other side's messages minus the read ones, and is never negative", () => {
    const view = after({ t: "row", row: row("exam", 1, { theirs: 4 }) }, { t: "read", id: id("exam"), read: 3 });
    expect(unreadCount(view, row("exam", 1, { theirs: 4 }))).toBe(1);
    expect(unreadCount(view, row("exam", 1, { theirs: 2 }))).toBe(0);
  });

  test("an older meter does not replace a newer one", () => {
    const view = after({ t: "meter", rev: 2, open: 2, most: 5 }, { t: "meter", rev: 1, open: 1, most: 5 });
    expect(view.meter).toEqual({ rev: 2, open: 2, most: 5 });
  });
});

// Histories that the backend's tests played, each with what a fresh load showed at its end (`build/vectors.json`).
interface Vector {
  steps: readonly (
    | { t: "frame"; frame: ServerFrame }
    | { t: "loaded"; listed: Listed | Opened }
    | { t: "page"; id: string; entries: LogPage["entries"] }
    | { t: "met"; meter: { rev: number; open: number; most: number } }
  )[];
  shows: { threads: readonly Opened[]; logs: Readonly<Record<string, LogPage["entries"]>>; meter: ViewState["meter"] };
}

function play(view: ViewState, step: Vector["steps"][number]): ViewState {
  if (step.t === "frame") return reduce(view, step.frame);
  if (step.t === "loaded") return withLoaded(view, step.listed);
  return step.t === "met" ? withMeter(view, step.meter) : withPage(view, step.id, step.entries);
}

const found = import.meta.glob<readonly Vector[]>("../../../build/vectors.json", { import: "default", eager: true });
const vectors = Object.values(found)[0];

if (vectors)
  test("a screen fed by frames equals a fresh load, in every history the backend played", () => {
    expect(vectors.length).toBeGreaterThan(0);
    for (const { steps, shows } of vectors) {
      const view = steps.reduce(play, emptyView);
      expect(Object.fromEntries(view.rows)).toEqual(Object.fromEntries(shows.threads.map(({ row }) => [row.id, row])));
      for (const { row, read } of shows.threads) expect(view.readMarks.get(row.id)?.read ?? 0).toBe(read);
      for (const [id, entries] of view.logs) expect(entries).toEqual(shows.logs[id]);
      expect(view.meter).toEqual(shows.meter);
    }
  });
