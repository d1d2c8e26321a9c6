import { expect, test } from "vitest";
import { id, schoolRow } from "../../testing/fixtures";
import type { SchoolRow } from "../api/protocol";
import { countOf, INBOX_STATUSES, inboxStatus, isWaiting } from "./inbox-status";

const answered: Partial<SchoolRow> = { seq: 2, theirs: 1, last: { side: "school", text: "" } };

test.each([
  ["with only their messages is new", {}, "new"],
  ["that we answered is waiting for them", answered, "them"],
  ["that they answered is with us again", { seq: 3, theirs: 2, last: { side: "raiser", text: "" } }, "us"],
  ["assigned to a worker is with the worker, answered or not", { ...answered, worker: id("wanda") }, "worker"],
  ["that has ended is ended, whoever handled it", { ...answered, worker: id("wanda"), state: "terminated" }, "ended"],
] as const)("a thread %s", (_, overrides, status) => {
  expect(inboxStatus(schoolRow("exam", 1, overrides as Partial<SchoolRow>))).toBe(status);
});

test("an open thread waits for us while its last message is theirs, whoever handles it", () => {
  expect(isWaiting(schoolRow("exam", 1))).toBe(true);
  expect(isWaiting(schoolRow("exam", 1, { worker: id("wanda") }))).toBe(true);
  expect(isWaiting(schoolRow("exam", 1, answered))).toBe(false);
  expect(isWaiting(schoolRow("exam", 1, { state: "terminated" }))).toBe(false);
});

test("each filter shows the server's count of its status, and all of them are each thread once", () => {
  const counts = {
    open: 15,
    new: 1,
    with_us: 2,
    with_workers: 4,
    with_them: 8,
    snoozed: 32,
    ended: 16,
    waiting: 5,
    waiting_since: 1,
  };
  expect(INBOX_STATUSES.map((status) => countOf(counts, status))).toEqual([1, 2, 4, 8, 32, 16]);
  expect(countOf(counts, "open")).toBe(15);
  expect(countOf(counts, "all")).toBe(63);
});
