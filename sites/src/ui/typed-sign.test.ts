import { expect, test } from "vitest";
import { isStillAsked, typedSign } from "./typed-sign";

const typed = { inputType: "insertText", data: "/", isComposing: false };
/** The text with the cursor at "|". */
const at = (text: string, event = typed) => typedSign("/", event, text.replace("|", ""), text.indexOf("|"));

test.each([
  ["/|", 0],
  ["Hello /|", 6],
  ["Hello\n/|", 6],
  ["Hello /| there", 6],
  ["\u3000/|", 1],
])("%j is the start of a line or a word", (text, start) => expect(at(text)).toBe(start));

test.each(["and/|", "https:/|", "1/|", "//|", "漢/|", "(/|", "/ |", "|"])("%j is not", (text) =>
  expect(at(text)).toBeNull(),
);

test.each([
  { ...typed, isComposing: true },
  { ...typed, inputType: "insertCompositionText" },
  { ...typed, inputType: "insertFromPaste" },
  { ...typed, inputType: "historyUndo", data: null },
  { ...typed, data: "a/" },
])("what an input method composes, or what is not typed, opens nothing: %o", (event) =>
  expect(at("/|", event as typeof typed)).toBeNull(),
);

test("one sign is not another", () => {
  expect(typedSign("@", { ...typed, data: "@" }, "@", 1)).toBe(0);
  expect(typedSign("@", typed, "/", 1)).toBeNull();
});

test.each([
  ["/", true],
  ["/car", true],
  ["/ ", false],
  ["//", false],
  ["", false],
])("what follows %j may be searched for: %j", (text, asked) => expect(isStillAsked("/", text, 0)).toBe(asked));
