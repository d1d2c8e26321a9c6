import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { id, MINUTE, NOON, row, schoolRow } from "../../testing/fixtures";
import type { Row, SchoolRow } from "../api/protocol";
import { now } from "../browser/server-clock";
import { dropFarRows } from "./drop-far-rows";
import { reduce, unknownThread, unreadCount, withGone, withLoaded } from "./reducer";
import { applyFrame, clearThreads, peekThread, setThread } from "./store";
import { leaveOtherSorts } from "./leave-other-sorts";
import { addPage, clearLists, dropRow, isInList, type ListQuery, loadedList, type ThreadList } from "./thread-lists";

const OPEN: ListQuery = { shelf: "received", show: "open" };
const answer = { last: { side: "school", text: "Done" } } as const;
const since = (name: string, minutes: number, overrides: Partial<SchoolRow> = {}) =>
  schoolRow(name, 1, { turn_since: NOON + minutes * MINUTE, ...overrides });

const know = (...found: Row[]) => {
  for (const row of found) setThread(row.id, reduce(peekThread(row.id), { t: "row", row }));
};
const list = (query: ListQuery): ThreadList => {
  const found = loadedList(query);
  if (!found) throw new Error("not loaded");
  return found;
};
const names = (query: ListQuery) =>
  list(query)
    .ids.peek()
    .map((id) => id.replace(/0+$/, ""));

beforeEach(() => {
  clearLists();
  clearThreads();
});

test("who has waited longest comes first, then what we answered, the longest ago first", () => {
  addPage(OPEN, null, [], null);
  addPage({ shelf: "received", show: "waiting" }, null, [], null);
  know(
    since("late", 5, { at: NOON }),
    since("early", 1, { at: NOON + 99 * MINUTE }), // it has written again since
    since("theirs", 0, answer),
    since("theirsbefore", -1, answer),
    since("over", 0, { state: "terminated" }),
  );
  expect(names(OPEN)).toEqual(["early", "late", "theirsbefore", "theirs"]);
  expect(names({ shelf: "received", show: "waiting" })).toEqual(["early", "late"]);
});

test("a row beyond the last page is not shown until its page is loaded; one that comes before it is", () => {
  const [first, second, beyond] = [since("first", 1), since("second", 2), since("beyond", 9)];
  know(first, second, beyond);
  addPage(OPEN, null, [first, second], "cursor");
  expect(names(OPEN)).toEqual(["first", "second"]);
  know(since("urgent", 0));
  expect(names(OPEN)).toEqual(["urgent", "first", "second"]);
  addPage(OPEN, "cursor", [beyond], null);
  expect(names(OPEN)).toEqual(["urgent", "first", "second", "beyond"]);
});

test("each list has the rows of its own mailbox and filter", () => {
  const handled = schoolRow("handled", 1, { worker: id("walt") });
  const [fresh, ended, asked] = [schoolRow("new", 1), schoolRow("over", 1, { state: "terminated" }), row("asked", 1)];
  const lists: [ListQuery, Row[]][] = [
    [OPEN, [handled, fresh]],
    [{ shelf: "received", show: "new" }, [fresh]],
    [{ shelf: "received", show: "worker" }, [handled]],
    [{ shelf: "received", show: "worker", worker: id("walt") }, [handled]],
    [{ shelf: "received", show: "worker", worker: id("wendy") }, []],
    [{ shelf: "received", show: "ended" }, [ended]],
    [{ shelf: "received", show: null }, [handled, fresh, ended]],
    [{ shelf: "raised", show: "open" }, [asked]],
  ];
  for (const [query, expected] of lists)
    expect([handled, fresh, ended, asked].filter((found) => isInList(query, found))).toEqual(expected);
});

test("to a school, what its side has answered is not unread, whoever answered", () => {
  const found = schoolRow("exam", 1, { theirs: 3, settled: 2, seq: 4 });
  know(found);
  expect(unreadCount(peekThread(found.id))).toBe(1);
  expect(unreadCount(withLoaded(unknownThread, { row: found, read: 3, snooze: null }))).toBe(0);
  expect(unreadCount(withLoaded(unknownThread, { row: { ...found, settled: 0 }, read: 0, snooze: null }))).toBe(3);
});

test("a row that changes is moved alone: the order is the one that sorting gives", () => {
  const changes = fc.array(
    fc.record({ name: fc.nat(20), minute: fc.nat(5), answered: fc.boolean(), over: fc.boolean(), gone: fc.boolean() }),
  );
  fc.assert(
    fc.property(changes, (steps) => {
      clearLists();
      clearThreads();
      addPage(OPEN, null, [], null);
      const current = new Map<string, SchoolRow>();
      steps.forEach(({ name, minute, answered, over, gone }, step) => {
        const next = since(`t${name}`, minute, {
          rev: 2 * step + 1,
          ...(answered ? answer : {}),
          ...(over ? { state: "terminated" } : {}),
        });
        know(next);
        if (gone) setThread(next.id, withGone(peekThread(next.id), 2 * step + 2));
        if (gone || over) current.delete(next.id);
        else current.set(next.id, next);
      });
      const key = ({ last, turn_since, id }: SchoolRow) =>
        `${last?.side === "school" ? 1 : 0} ${String(turn_since).padStart(20)} ${id}`;
      const sorted = [...current.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
      expect(list(OPEN).ids.peek()).toEqual(sorted.map(({ id }) => id));
    }),
  );
});

test("a change that moves no row leaves the list as it was", () => {
  addPage(OPEN, null, [], null);
  know(since("first", 1), since("second", 2));
  const before = list(OPEN).ids.peek();
  know(since("second", 2, { rev: 2, theirs: 7 }));
  expect(list(OPEN).ids.peek()).toBe(before);
});

/** A list of pages of two rows: n0 and n1, n2 and n3, and so on. */
function longList(pages: number): SchoolRow[][] {
  const found = Array.from({ length: pages }, (_, page) =>
    [0, 1].map((n) => since(`n${String(2 * page + n).padStart(4, "_")}`, 2 * page + n)),
  );
  found.forEach((rows, page) => {
    know(...rows);
    addPage(OPEN, page === 0 ? null : `after ${page - 1}`, rows, page === pages - 1 ? null : `after ${page}`);
  });
  return found;
}

test("a row that has left the memory keeps its place, and its page is known", () => {
  const pages = longList(4);
  const far = pages[2]?.[1]?.id ?? "";
  const before = list(OPEN).ids.peek();
  dropRow(far);
  expect([peekThread(far).row, list(OPEN).ids.peek()]).toEqual([undefined, before]);
  expect(list(OPEN).cursorFor(far)).toBe("after 1");
  expect(list(OPEN).cursorFor(pages[0]?.[0]?.id ?? "")).toBeNull();
});

test("a row that is not on its page any more, and not in memory, leaves the list", () => {
  const pages = longList(4);
  const [stays, left] = pages[2] as [SchoolRow, SchoolRow];
  const [next] = pages[3] as [SchoolRow];
  dropRow(left.id);
  dropRow(stays.id);
  know({ ...stays, rev: 2 });
  addPage(OPEN, "after 1", [stays, next], "after six");
  expect(list(OPEN).ids.peek()).toEqual(pages.flat().flatMap(({ id }) => (id === left.id ? [] : id)));
});

test("a page that has grown is asked for in two parts", () => {
  const pages = longList(3);
  const [first, second] = pages[1] as [SchoolRow, SchoolRow];
  dropRow(second.id);
  addPage(OPEN, "after 0", [first], "in between");
  expect(list(OPEN).cursorFor(second.id)).toBe("in between");
});

test("after another connection a list is read again from its start, however long it was", () => {
  const pages = longList(4);
  list(OPEN).expire();
  pages.flat().forEach(({ id }) => dropRow(id));
  const [first, second] = pages[0] as [SchoolRow, SchoolRow];
  const [far] = pages[3] as [SchoolRow];
  know({ ...first, rev: 2 }, { ...second, rev: 2 });
  addPage(OPEN, null, [first, second], "anew");
  expect([list(OPEN).next.peek(), list(OPEN).cursorFor(far.id)]).toEqual(["anew", "anew"]);
  expect([list(OPEN).isFresh(first), list(OPEN).isFresh(far)]).toEqual([true, false]);
  addPage(OPEN, "anew", [], null);
  expect([list(OPEN).ids.peek(), list(OPEN).next.peek()]).toEqual([[first.id, second.id], null]);
});

test("far rows leave the memory, but not those at the start, near what is shown, or with an open log", () => {
  const ids = longList(500)
    .flat()
    .map(({ id }) => id);
  const open = ids[900] ?? "";
  setThread(open, { ...peekThread(open), log: { entries: [], atEnd: true } });
  dropFarRows(list(OPEN), 500, 510);
  const known = ids.map((id) => peekThread(id).row !== undefined);
  expect([0, 199, 200, 299, 300, 710, 711, 900, 999].map((place) => known[place])).toEqual([
    true,
    true,
    false,
    false,
    true,
    true,
    false,
    true,
    false,
  ]);
  expect(list(OPEN).ids.peek()).toEqual(ids);
});

test("a snoozed thread is in a list of its own, by when it comes back, and in no other of the open ones", () => {
  const SNOOZED: ListQuery = { shelf: "received", show: "snoozed" };
  const NEW: ListQuery = { shelf: "received", show: "new" };
  const ALL: ListQuery = { shelf: "received", show: null };
  for (const query of [OPEN, SNOOZED, NEW, ALL]) addPage(query, null, [], null);
  know(since("one", 1), since("two", 2), since("three", 3));
  const snooze = (name: string, rev: number, until: number | null, theirs = 1) =>
    applyFrame({ t: "snoozed", id: id(name), snooze: { rev, until, theirs } });
  const soon = now() + 60_000;
  snooze("one", 1, 0);
  snooze("two", 1, soon);
  for (const query of [OPEN, NEW]) expect(names(query)).toEqual(["three"]);
  expect(names(SNOOZED)).toEqual(["two", "one"]);
  expect(names(ALL)).toHaveLength(3);
  snooze("two", 2, null);
  know(since("one", 1, { rev: 2, theirs: 2 }));
  expect(names(OPEN)).toEqual(["one", "two", "three"]);
  expect(names(SNOOZED)).toEqual([]);
  snooze("three", 1, now() - 1); // its time is past
  expect(names(OPEN)).toHaveLength(3);
  snooze("three", 2, 0);
  know(since("three", 3, { rev: 2, state: "terminated" }));
  expect(names(SNOOZED)).toEqual([]);
});

const NEWEST: ListQuery = { ...OPEN, sort: "newest" };
const ACTIVE: ListQuery = { ...OPEN, sort: "activity" };

test("a row has its place in each order that is loaded, and a message moves it in that by activity alone", () => {
  for (const query of [OPEN, NEWEST, ACTIVE]) addPage(query, null, [], null);
  const raised = (name: string, minutes: number, overrides: Partial<SchoolRow> = {}) =>
    since(name, minutes, { since: NOON + minutes * MINUTE, at: NOON + minutes * MINUTE, ...overrides });
  know(raised("second", 2), raised("first", 1), raised("third", 3));
  expect(names(OPEN)).toEqual(["first", "second", "third"]);
  for (const query of [NEWEST, ACTIVE]) expect(names(query)).toEqual(["third", "second", "first"]);
  know(raised("first", 1, { rev: 2, seq: 2, theirs: 2, at: NOON + 9 * MINUTE }));
  expect(names(OPEN)).toEqual(["first", "second", "third"]);
  expect(names(NEWEST)).toEqual(["third", "second", "first"]);
  expect(names(ACTIVE)).toEqual(["first", "third", "second"]);
  know(raised("third", 3, { rev: 2, state: "terminated" }));
  for (const query of [NEWEST, ACTIVE]) expect(names(query)).not.toContain("third");
});

test("in an order too, a row beyond the last page is not shown until it comes before it or is loaded", () => {
  const [first, second, beyond] = [9, 8, 1].map((minutes) =>
    since(`n${minutes}`, minutes, { since: NOON + minutes * MINUTE, at: NOON + minutes * MINUTE }),
  ) as [SchoolRow, SchoolRow, SchoolRow];
  for (const query of [NEWEST, ACTIVE]) addPage(query, null, [first, second], "cursor");
  know(first, second, beyond);
  for (const query of [NEWEST, ACTIVE]) expect(names(query)).toEqual(["n9", "n8"]);
  know({ ...beyond, rev: 2, at: NOON + 10 * MINUTE });
  expect(names(NEWEST)).toEqual(["n9", "n8"]);
  expect(names(ACTIVE)).toEqual(["n1", "n9", "n8"]);
  addPage(NEWEST, "cursor", [beyond], null);
  expect(names(NEWEST)).toEqual(["n9", "n8", "n1"]);
});

test("what a party raised comes by when it was raised too, ended ones as well", () => {
  const ended: ListQuery = { shelf: "raised", show: "ended", sort: "newest" };
  addPage(ended, null, [], null);
  know(
    row("early", 1, { state: "terminated", since: NOON, at: NOON + 9 * MINUTE }),
    row("late", 1, { state: "terminated", since: NOON + MINUTE, at: NOON + 2 * MINUTE }),
  );
  expect(names(ended)).toEqual(["late", "early"]);
});

test("lists in an order that was left are dropped, but for the first ones, and a late page of them is not kept", () => {
  const snoozed: ListQuery = { shelf: "received", show: "snoozed" };
  const news: ListQuery = { shelf: "received", show: "new" };
  const handled: ListQuery = { shelf: "handled", show: "open", sort: "newest" };
  const over: ListQuery = { shelf: "received", show: "ended" };
  for (const query of [OPEN, NEWEST, ACTIVE, snoozed, over, news, handled]) addPage(query, null, [], null);
  leaveOtherSorts("received", "activity");
  const kept = [OPEN, ACTIVE, snoozed, over, handled];
  expect(kept.filter((query) => !loadedList(query))).toEqual([]);
  expect([NEWEST, news].map(loadedList)).toEqual([undefined, undefined]);
  addPage(NEWEST, "cursor", [since("late", 1)], null);
  expect(loadedList(NEWEST)).toBeUndefined();
  leaveOtherSorts("received", undefined);
  expect([OPEN, ACTIVE].map((query) => loadedList(query) !== undefined)).toEqual([true, false]);
});
