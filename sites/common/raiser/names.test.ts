import { expect, test } from "vitest";
import { NOON, row } from "../kit/entries";
import { settledFirst } from "./names";

test("of the five, those look settled in which the school had the last word, the more so the longer ago", () => {
  const mine = row("mine", 1, { at: NOON - 9 });
  const fresh = row("fresh", 1, { at: NOON, last: { side: "school", text: "Done" } });
  const old = row("old", 1, { at: NOON - 5, last: { side: "school", text: "Done" } });
  expect(settledFirst([mine, fresh, old])).toEqual([old, fresh, mine]);
});
