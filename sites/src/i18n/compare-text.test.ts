import { expect, test } from "vitest";
import { isSameText } from "./compare-text";

test.each([
  ["José", "Jose\u0301"],
  ["JOSÉ", "josé"],
  ["O'Brien", "O’Brien"],
  ["  law   school ", "Law School"],
  ["Ｌａｗ", "Law"],
  ["Law\u200b", "Law"],
  ["Law", "\u202eLaw\u202c"],
  ["Strasse", "Straße"],
  ["ΟΔΟΣ", "οδος"],
  ["Anna-Lena", "Anna–Lena"],
  ['The "Old" School', "The “Old” School"],
  ["School of Law", "School\u00a0of Law"],
  ["I", "i"],
])("%j equals %j", (typed, stored) => expect(isSameText(typed, stored)).toBe(true));

test.each([
  ["Jose", "José"],
  ["Law", "Law School"],
  ["", "Law"],
])("%j differs from %j", (typed, stored) => expect(isSameText(typed, stored)).toBe(false));
