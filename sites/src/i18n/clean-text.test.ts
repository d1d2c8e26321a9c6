// @vitest-environment node

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countLeft, cleanLine, cleanText, isAccepted, isBlank } from "./clean-text";
import source from "../../../backend/tests/support/texts.json?raw";
import { BLANKS, MARKS_OF_LINES, TEXT_FIELDS } from "./text-fields";

/** What the server makes of each text: on one line, on many, whether there is nothing to see, and cut to CUT. */
const texts = JSON.parse(source) as [text: string, line: string, lines: string, blank: boolean, cut: string][];
const CUT = 7; // code points

test("every text is cleaned as the server cleans it", () => {
  for (const [text, line, lines, blank] of texts) {
    expect({ text, line: cleanLine(text), lines: cleanText(text) }).toEqual({ text, line, lines });
    expect({ text, blank: isBlank(cleanText(text)) }).toEqual({ text, blank });
  }
});

test("the server cuts no text through what is seen as one character, unless that alone is too long", () => {
  for (const [, , lines, , cut] of texts) {
    const seen = Array.from(new Intl.Segmenter().segment(lines), ({ segment }) => segment);
    const fitting = seen.map((_, n) => seen.slice(0, n + 1).join("")).filter((part) => [...part].length <= CUT);
    expect([...cut].length).toBeLessThanOrEqual(CUT);
    expect({ lines, cut, whole: fitting.length === 0 || fitting.includes(cut) }).toEqual({ lines, cut, whole: true });
  }
});

const characters = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: fc.constantFrom(...new Set(texts.flatMap(([text]) => [...text]))) }),
);

describe("whatever is cleaned", () => {
  test("is clean", () => {
    fc.assert(
      fc.property(characters, (text) => {
        expect(cleanText(cleanText(text))).toBe(cleanText(text));
        expect(cleanLine(cleanLine(text))).toBe(cleanLine(text));
      }),
    );
  });

  test("holds no half of a pair, no control, nothing that turns a direction by force, and one line where one is asked", () => {
    fc.assert(
      fc.property(characters, (text) => {
        expect(cleanText(text)).not.toMatch(/[\p{Surrogate}\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/u);
        expect(cleanLine(text)).not.toMatch(new RegExp(`[\\n${MARKS_OF_LINES}${BLANKS}]| {2}`, "u"));
      }),
    );
  });
});

test("characters are counted as code points of what is sent", () => {
  expect(countLeft("😀".repeat(80), TEXT_FIELDS.name)).toBe(0);
  expect(countLeft(`  ${"x".repeat(81)}\u200b  `, TEXT_FIELDS.name)).toBe(-1);
  expect(countLeft("e\u0301".repeat(80), TEXT_FIELDS.name)).toBe(0);
});

test("a text that is blank or too long is not accepted, but a description may be empty", () => {
  expect(["Ann", "\u200b", "", "x".repeat(81)].map((text) => isAccepted(text, TEXT_FIELDS.name))).toEqual([
    ...[true, false, false, false],
  ]);
  expect(isAccepted("", TEXT_FIELDS.about)).toBe(true);
});
