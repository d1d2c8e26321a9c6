import { expect, test } from "vitest";
import { isComposing } from "./is-composing";

test.each([
  ["Enter alone", false, 13, false],
  ["Enter that confirms a candidate in Chrome or Firefox", true, 229, true],
  ["Enter that confirms a candidate in Safari, which says that the composition has ended", false, 229, true],
])("%s: composing is %s", (_, composing, keyCode, expected) => {
  expect(isComposing({ isComposing: composing, keyCode })).toBe(expected);
});
