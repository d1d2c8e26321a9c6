import { expect, test } from "vitest";
import { id, received } from "../common/kit/entries";
import type { SchoolRow } from "../common/protocol";
import { placeOf, waiting } from "./inbox";

const answered: Partial<SchoolRow> = { seq: 2, theirs: 1, last: { side: "school", text: "" } };

test.each([
  ["with nothing but their words is new", {}, "new"],
  ["that we answered waits for them", answered, "them"],
  ["that they answered is with us again", { seq: 3, theirs: 2, last: { side: "raiser", text: "" } }, "us"],
  ["given to a worker is with the worker, answered or not", { ...answered, worker: id("wanda") }, "worker"],
  ["that has ended is ended, whoever had it", { ...answered, worker: id("wanda"), state: "terminated" }, "ended"],
] as const)("a thread %s", (_, given, place) => {
  expect(placeOf(received("exam", 1, given as Partial<SchoolRow>))).toBe(place);
});

test("whoever waits for an answer is shown the longest wait first, and nobody who was answered or has ended", () => {
  const asked = (name: string, at: number, given: Partial<SchoolRow> = {}) =>
    received(name, 1, { at, last: { side: "raiser", text: "Hello" }, ...given });
  const [late, early] = [asked("late", 2, { worker: id("wanda") }), asked("early", 1)];
  const answered = asked("answered", 0, { last: { side: "school", text: "Done" } });
  expect(waiting([late, answered, asked("over", 0, { state: "terminated" }), early])).toEqual([early, late]);
});
