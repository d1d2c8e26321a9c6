import { expect, test } from "vitest";
import { findWords, wordsOf } from "./find-words";
import cases from "./word-cases.json";

const marked = (text: string, typed: string): string[] =>
  findWords(text, wordsOf(typed))
    .filter(({ isFound }) => isFound)
    .map((part) => part.text);

test.each(cases.found)("in $text, $typed is marked", ({ text, typed, marked: expected }) =>
  expect(marked(text, typed)).toEqual(expected),
);

test.each(cases.missed)("$text does not have all of $typed", ({ text, typed }) => {
  const words = wordsOf(typed);
  expect(words.every((word) => findWords(text, [word]).some(({ isFound }) => isFound))).toBe(false);
});

test("the parts of a text are the whole text", () => {
  const text = "Straße 👩‍👩‍👧 ﬁn\nend";
  expect(
    findWords(text, wordsOf("ss in"))
      .map((part) => part.text)
      .join(""),
  ).toBe(text);
});

test("a word that is typed twice is one, and nothing typed is no word", () => {
  expect(wordsOf(" Exam  ÉXAM ")).toEqual(["exam"]);
  expect(wordsOf("  ")).toEqual([]);
  expect(findWords("text", [])).toEqual([{ text: "text", isFound: false }]);
});
