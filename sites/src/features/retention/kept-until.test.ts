import { expect, test } from "vitest";
import { keptUntil } from "./kept-until";

const DAY = 86_400_000;
const rule = { ends_after: 30, deleted_after: 60, not_before: 0 };
const open = { state: "open", at: 100 * DAY } as const;
const ended = { state: "terminated", at: 100 * DAY } as const;

test("an open thread says its end from two weeks before", () => {
  expect(keptUntil(open, rule, 115 * DAY)).toBeUndefined();
  expect(keptUntil(open, rule, 116 * DAY)).toBe(130 * DAY);
  expect(keptUntil(open, rule, 131 * DAY)).toBe(130 * DAY);
});

test("a thread that has ended says when it is deleted", () => {
  expect(keptUntil(ended, rule, 145 * DAY)).toBeUndefined();
  expect(keptUntil(ended, rule, 146 * DAY)).toBe(160 * DAY);
});

test("nothing is said of what is kept for ever", () => {
  expect(keptUntil(open, null, 500 * DAY)).toBeUndefined();
  expect(keptUntil(open, undefined, 500 * DAY)).toBeUndefined();
  expect(keptUntil(open, { ...rule, ends_after: 0 }, 500 * DAY)).toBeUndefined();
  expect(keptUntil(ended, { ...rule, deleted_after: 0 }, 500 * DAY)).toBeUndefined();
});

test("an old thread has the day from which the rule is applied", () => {
  const later = { ...rule, not_before: 214 * DAY };
  expect(keptUntil(open, later, 199 * DAY)).toBeUndefined();
  expect(keptUntil(open, later, 200 * DAY)).toBe(214 * DAY);
});
