import { expect, test } from "vitest";
import { id, schoolRow } from "../../../testing/fixtures";
import type { SchoolRow } from "../../api/protocol";
import { inboxStatus, waitingLongestFirst } from "./inbox-status";

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

test("threads that wait for an answer come first by the longest wait; answered and ended threads do not count", () => {
  const unanswered = (name: string, at: number, overrides: Partial<SchoolRow> = {}) =>
    schoolRow(name, 1, { at, last: { side: "raiser", text: "Hello" }, ...overrides });
  const [late, early] = [unanswered("late", 2, { worker: id("wanda") }), unanswered("early", 1)];
  const answered = unanswered("answered", 0, { last: { side: "school", text: "Done" } });
  expect(waitingLongestFirst([late, answered, unanswered("over", 0, { state: "terminated" }), early])).toEqual([
    early,
    late,
  ]);
});
