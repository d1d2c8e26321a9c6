import { expect, test } from "vitest";
import { detectPII, findPII } from "./detect-pii";

const wanda = { name: "Wanda Sørensen-Okafor", email: "wanda@uni.example", isPerson: true };

test.each([
  ["With thanks, Wanda", ["name"]],
  ["Ask for wanda sørensen-okafor", ["name"]],
  ["Frau Okafor will know", ["name"]],
  ["Write to Wanda@Uni.example", ["name", "email"]],
  ["Write to WANDA@UNI.EXAMPLE", ["name", "email"]],
  ["regards, wanda", ["name"]],
  ["Best wishes\nwanda", ["name"]],
  ["thanks - wanda okafor.", ["name"]],
  ["WANDA", ["name"]],
  ["Ｗａｎｄａ will help", ["name"]],
  ["Wan\u200bda will help", ["name"]],
  ["Frau So\u0308rensen? No, SØRENSEN", ["name"]],
  ["Write to ｗａｎｄａ＠uni.example", ["email"]],
  ["Ring ０３０/１２３４５６７", ["phone"]],
  ["Call +49 30 1234567", ["phone"]],
  ["Call ＋４９ ３０ １２３４５６７", ["phone"]],
  ["اتصل ٠٣٠ ١٢٣٤٥٦٧", ["phone"]],
  ["Ring ०३०-१२३४५६७", ["phone"]],
  ["Call +49\u00a030\u20111234567", ["phone"]],
  ["regards, wanda sorensen", ["name"]],
  ["Frau SORENSEN will know", ["name"]],
  ["best,\nWANDA S. OKAFOR", ["name"]],
  ["Call (030) 123 45 67 after ten", ["phone"]],
  ["Ring 030/1234567", ["phone"]],
  ["Ring 555-123-4567", ["phone"]],
] as const)("%s", (text, found) => expect(detectPII(text, wanda)).toEqual(found));

test.each([
  "We wander what the office says.",
  "Your wandavision is not our matter.",
  "Room 301, from 9:00 to 16:00 on 05.01.2026.",
  "From 2026-01-05, matriculation 1234567.",
  "CS-301 counts 6 credits, as of 2024/25.",
  "",
])("no personal data is found in: %s", (text) => expect(detectPII(text, wanda)).toEqual([]));

test("a name that is also a word counts only with its capital letter or as a signature", () => {
  const will = { name: "Will May", email: "w@x.example", isPerson: true };
  expect(detectPII("You will hear from us, it may take a day.", will)).toEqual([]);
  expect(detectPII("Come if you will.\nWe may be late, or may not.", will)).toEqual([]);
  expect(detectPII("Yours, Will", will)).toEqual(["name"]);
  expect(detectPII("yours, will", will)).toEqual(["name"]);
});

test("a worker without a name is not found by their name", () => {
  expect(detectPII("Hello", { name: "", email: "x@y.example", isPerson: true })).toEqual([]);
});

test.each([
  ["山田 太郎", "山田です。よろしくお願いします。"],
  ["山田 太郎", "担当は山田太郎です"],
  ["王小明", "我是王小明，你好"],
  ["สมชาย ใจดี", "ติดต่อสมชายได้เลย"],
])("the name %s is found where no spaces part words: %s", (name, text) =>
  expect(detectPII(text, { name, email: "x@y.example", isPerson: true })).toEqual(["name"]),
);

test("a name of one sign is not found in other words", () => {
  expect(detectPII("林檎です", { name: "林 一", email: "x@y.example", isPerson: true })).toEqual([]);
});

test("a school's name has words that anybody uses: it counts as a whole alone", () => {
  const law = { name: "School of Law", email: "law@uni.example", isPerson: false };
  expect(detectPII("Which School has the Law books?", law)).toEqual([]);
  expect(detectPII("The school of law asks. Write to law@uni.example", law)).toEqual(["name", "email"]);
});

test("a number in a name is no name by itself", () => {
  const uma = { name: "Uma Petrov 12", email: "uma@uni.example", isPerson: true };
  expect(detectPII("Is it in room 12?", uma)).toEqual([]);
  expect(detectPII("Ask for Uma Petrov 12.", uma)).toEqual(["name"]);
});

const uma = { name: "Uma Petrov", email: "uma@uni.example", isPerson: true };

test.each([
  ["I am Uma Petrov.", ["Uma Petrov", "Uma", "Petrov"]],
  ["The human asks Petrov", ["Petrov"]],
  ["Write to uma@uni.example or (other@x.example).", ["uma@uni.example", "other@x.example"]],
  ["Call +43 660 1234567, or 0660/1234567.", ["+43 660 1234567", "0660/1234567"]],
  ["Room 301 on 2026-01-05", []],
])("what a school may hide in: %s", (text, found) => expect(findPII(text, uma)).toEqual(found));

test("of a school that asks, its whole name is found", () =>
  expect(findPII("The School of Law asks", { name: "School of Law", email: "l@x.example", isPerson: false })).toEqual([
    "School of Law",
  ]));
