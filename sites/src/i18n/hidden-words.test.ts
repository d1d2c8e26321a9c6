import { expect, test } from "vitest";
import source from "../../../backend/tests/support/hidden_word_cases.json?raw";
import { findHidden, findMasks, isHidden, MASK } from "./hidden-words";

interface Case {
  text: string;
  words: readonly string[];
  shown: string;
}
/** What the server masks: one rule, on both sides. */
const CASES = JSON.parse(source) as readonly Case[];

test.each(CASES)("$words in $text", ({ text, words, shown }) => {
  const parts = findHidden(text, words);
  expect(parts.map((part) => part.text).join("")).toBe(text);
  expect(parts.map((part) => (part.isFound ? MASK : part.text)).join("")).toBe(shown);
});

test("a name is hidden when all of its parts are", () => {
  expect(isHidden("Uma Petrov", ["petrov", "Uma"])).toBe(true);
  expect(isHidden("Uma Petrov", ["Uma"])).toBe(false);
});

test("each mask in a text is a part of its own", () => {
  expect(findMasks(`I am ${MASK}${MASK}.`).map(({ text, isFound }) => (isFound ? "M" : text))).toEqual([
    "I am ",
    "M",
    "M",
    ".",
  ]);
  expect(findMasks("")).toEqual([]);
});
