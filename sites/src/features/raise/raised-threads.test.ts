import { expect, test } from "vitest";
import { NOON, row } from "../../../testing/fixtures";
import { settledFirst } from "./raised-threads";

test("threads in which the school wrote last come first, the oldest of them first", () => {
  const mine = row("mine", 1, { at: NOON - 9 });
  const fresh = row("fresh", 1, { at: NOON, last: { side: "school", text: "Done" } });
  const old = row("old", 1, { at: NOON - 5, last: { side: "school", text: "Done" } });
  expect(settledFirst([mine, fresh, old])).toEqual([old, fresh, mine]);
});
