import { beforeEach, expect, test } from "vitest";
import { id, MINUTE, NOON, row, schoolRow } from "../../testing/fixtures";
import type { Row, SchoolRow } from "../api/protocol";
import { emptyView, reduce, unreadCount, withLoaded } from "./reducer";
import { view } from "./store";
import { isInList, listedRows, type ListQuery, loadedLists, rememberPage } from "./thread-lists";

const OPEN: ListQuery = { shelf: "received", show: "open" };
const answer = { last: { side: "school", text: "Done" } } as const;
const since = (name: string, minutes: number, overrides: Partial<SchoolRow> = {}) =>
  schoolRow(name, 1, { turn_since: NOON + minutes * MINUTE, ...overrides });

const show = (...found: Row[]) => {
  view.value = found.reduce((view, row) => reduce(view, { t: "row", row }), emptyView);
};
const names = (query: ListQuery) => listedRows(query).map((found) => found.subject.replace("About ", ""));

beforeEach(() => {
  loadedLists.value = new Map();
});

test("who has waited longest comes first, then what we answered, the longest ago first", () => {
  show(
    since("late", 5, { at: NOON }),
    since("early", 1, { at: NOON + 99 * MINUTE }), // it has written again since
    since("theirs", 0, answer),
    since("theirs before", -1, answer),
    since("over", 0, { state: "terminated" }),
  );
  expect(names(OPEN)).toEqual(["early", "late", "theirs before", "theirs"]);
  expect(names({ shelf: "received", show: "waiting" })).toEqual(["early", "late"]);
});

test("a row beyond the last page is not shown until its page is loaded; one that comes before it is", () => {
  const [first, second, beyond] = [since("first", 1), since("second", 2), since("beyond", 9)];
  show(first, second, beyond);
  rememberPage(OPEN, [first, second], "cursor");
  expect(names(OPEN)).toEqual(["first", "second"]);
  show(first, second, beyond, since("urgent", 0));
  expect(names(OPEN)).toEqual(["urgent", "first", "second"]);
  rememberPage(OPEN, [beyond], null);
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
  show(found);
  expect(unreadCount(view.value, found)).toBe(1);
  const read = withLoaded(view.value, { row: found, read: 3 });
  expect(unreadCount(read, found)).toBe(0);
  expect(unreadCount(view.value, schoolRow("new", 1, { theirs: 3, settled: 0 }))).toBe(3);
});
