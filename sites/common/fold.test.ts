import { describe, expect, test } from "vitest";
import { behind, fold, load, nothing, unread, type View, withGone, withMeter, withPage } from "./fold";
import { ended, event, id, message, row } from "./kit/entries";
import type { Listed, LogPage, Opened, ServerFrame } from "./protocol";

const after = (...frames: ServerFrame[]): View => frames.reduce(fold, nothing);
const log = (view: View, name: string) => view.logs.get(id(name))?.map((entry) => entry.seq);

const opened = withPage(load(nothing, { row: row("exam", 2, { seq: 2, theirs: 1 }), read: 0, seen: 0 }), id("exam"), [
  message(1, "raiser"),
  message(2, "school"),
]);

describe("rows", () => {
  test("the highest revision wins, in whatever order rows arrive", () => {
    const older: ServerFrame = { t: "row", row: row("exam", 1, { subject: "Old" }) };
    const newer: ServerFrame = { t: "row", row: row("exam", 2, { subject: "New" }) };
    expect(after(older, newer)).toEqual(after(newer, older));
    expect(after(newer, older).rows.get(id("exam"))?.subject).toBe("New");
  });

  test("a frame that says nothing new returns the very same view", () => {
    const heard: ServerFrame[] = [
      event("exam", 2, "school", { theirs: 1 }),
      { t: "meter", rev: 1, open: 1, most: 5 },
      { t: "seen", id: id("exam"), seq: 1 },
      { t: "read", id: id("exam"), read: 1 },
      { t: "gone", id: id("loan"), rev: 3 },
    ];
    const view = after(...heard);
    for (const frame of heard) expect(fold(view, frame)).toBe(view);
    expect(fold(view, { t: "pong" })).toBe(view);
    expect(fold(view, { t: "typing", id: id("exam") })).toBe(view);
  });

  test("a frame leaves the view it was folded into as it was", () => {
    const before = structuredClone(opened);
    fold(opened, event("exam", 3, "school"));
    expect(opened).toEqual(before);
  });
});

describe("removals", () => {
  test("a thread that is gone takes its row and its log along", () => {
    const view = fold(opened, { t: "gone", id: id("exam"), rev: 3 });
    expect(view.rows.size + view.logs.size).toBe(0);
  });

  test("what was sent before a thread was gone and arrives after it is ignored", () => {
    const gone = fold(opened, { t: "gone", id: id("exam"), rev: 4 });
    expect(fold(gone, event("exam", 3, "school"))).toBe(gone);
    expect(fold(gone, { t: "row", row: row("exam", 4) })).toBe(gone);
  });

  test("a thread that returns under a later revision is back, and what was read of it stays read", () => {
    const read = fold(opened, { t: "read", id: id("exam"), read: 1 });
    const back = fold(withGone(read, id("exam"), 3), { t: "row", row: row("exam", 5, { theirs: 3 }) });
    const found = back.rows.get(id("exam"));
    expect(found && unread(back, found)).toBe(2);
    expect(log(back, "exam")).toBeUndefined();
  });

  test("of a thread that has returned, what was sent before it was gone is ignored still", () => {
    const returned = fold(withGone(opened, id("exam"), 4), { t: "row", row: row("exam", 5, { seq: 3 }) });
    const read = withPage(returned, id("exam"), [message(1, "raiser"), message(2, "school")]);
    expect(fold(read, event("exam", 3, "school"))).toBe(read);
  });

  test("a removal that is older than the row held removes nothing", () => {
    const returned = fold(opened, { t: "row", row: row("exam", 9, { seq: 2 }) });
    expect(fold(returned, { t: "gone", id: id("exam"), rev: 5 }).rows.has(id("exam"))).toBe(true);
  });
});

describe("logs", () => {
  test("an entry is appended once, however often it is delivered", () => {
    const next = event("exam", 3, "school");
    expect(log([next, next].reduce(fold, opened), "exam")).toEqual([1, 2, 3]);
  });

  test("an answer to a send continues the log as an event does", () => {
    const { id, entry, row } = event("exam", 3, "raiser");
    expect(log(fold(opened, { t: "ack", key: "k", id, entry, row }), "exam")).toEqual([1, 2, 3]);
  });

  test("an entry after a gap is left out, and the log is known to be behind until it is fetched", () => {
    const gap = fold(opened, event("exam", 4, "school"));
    expect(log(gap, "exam")).toEqual([1, 2]);
    expect(behind(gap, id("exam"))).toBe(true);
    const whole = withPage(gap, id("exam"), [message(3, "school"), message(4, "school")]);
    expect(log(whole, "exam")).toEqual([1, 2, 3, 4]);
    expect(behind(whole, id("exam"))).toBe(false);
  });

  test("of a thread that nobody opened only the row is kept", () => {
    const view = after(event("exam", 1, "raiser"));
    expect(view.logs.size).toBe(0);
    expect(behind(view, id("exam"))).toBe(true);
  });

  test("a thread that is not there cannot be behind, and its page is not kept", () => {
    expect(behind(nothing, id("exam"))).toBe(false);
    expect(withPage(nothing, id("exam"), [message(1, "raiser")])).toBe(nothing);
  });

  test.each([
    ["earlier ones are put before", [3, 4], [1, 2], [1, 2, 3, 4]],
    ["later ones behind", [1, 2], [3, 4], [1, 2, 3, 4]],
    ["what overlaps is there once", [2, 3], [1, 2, 3, 4], [1, 2, 3, 4]],
    ["what is held already changes nothing", [1, 2, 3], [2], [1, 2, 3]],
    ["where two stretches do not meet the later is kept", [1, 2], [5, 6], [5, 6]],
    ["and an earlier one that does not meet is dropped", [5, 6], [1, 2], [5, 6]],
  ])("of a page that was fetched, %s", (_, held, page, want) => {
    const seqs = (seqs: number[]) => seqs.map((seq) => message(seq, "school"));
    const start = withPage(fold(nothing, { t: "row", row: row("exam", 1) }), id("exam"), seqs(held));
    expect(log(withPage(start, id("exam"), seqs(page)), "exam")).toEqual(want);
  });

  test("the end of a thread is the last entry of its log", () => {
    const over: ServerFrame = { t: "event", id: id("exam"), entry: ended(3), row: row("exam", 3, { seq: 3, state: "terminated" }) };
    const view = fold(opened, over);
    expect(view.logs.get(id("exam"))?.at(-1)?.as).toBe("ended");
    expect(view.rows.get(id("exam"))?.state).toBe("terminated");
  });
});

describe("registers", () => {
  test("marks only grow, each by itself", () => {
    const view = after({ t: "read", id: id("exam"), read: 5 }, { t: "seen", id: id("exam"), seq: 3 }, { t: "read", id: id("exam"), read: 2 });
    expect(view.marks.get(id("exam"))).toEqual({ read: 5, seen: 3 });
  });

  test("unread is what the other side wrote less what was read, and never below nothing", () => {
    const view = after({ t: "row", row: row("exam", 1, { theirs: 4 }) }, { t: "read", id: id("exam"), read: 3 });
    expect(unread(view, row("exam", 1, { theirs: 4 }))).toBe(1);
    expect(unread(view, row("exam", 1, { theirs: 2 }))).toBe(0);
  });

  test("an older meter does not turn the meter back", () => {
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
  shows: { threads: readonly Opened[]; logs: Readonly<Record<string, LogPage["entries"]>>; meter: View["meter"] };
}

function play(view: View, step: Vector["steps"][number]): View {
  if (step.t === "frame") return fold(view, step.frame);
  if (step.t === "loaded") return load(view, step.listed);
  return step.t === "met" ? withMeter(view, step.meter) : withPage(view, step.id, step.entries);
}

const found = import.meta.glob<readonly Vector[]>("../../build/vectors.json", { import: "default", eager: true });
const vectors = Object.values(found)[0];

if (vectors) test("a screen fed by frames equals a fresh load, in every history the backend played", () => {
  expect(vectors.length).toBeGreaterThan(0);
  for (const { steps, shows } of vectors) {
    const view = steps.reduce(play, nothing);
    expect(Object.fromEntries(view.rows)).toEqual(Object.fromEntries(shows.threads.map(({ row }) => [row.id, row])));
    for (const { row, read } of shows.threads) expect(view.marks.get(row.id)?.read ?? 0).toBe(read);
    for (const [id, entries] of view.logs) expect(entries).toEqual(shows.logs[id]);
    expect(view.meter).toEqual(shows.meter);
  }
});
