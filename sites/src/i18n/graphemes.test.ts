import { expect, test } from "vitest";
import { cutText } from "./graphemes";

test.each([
  ["short", 5, "short"],
  ["longer", 4, "long…"],
  ["🇩🇪🇫🇷🇮🇹", 2, "🇩🇪🇫🇷…"],
  ["👩‍👩‍👧👨‍👩‍👦", 1, "👩‍👩‍👧…"],
  ["e\u0301e\u0301", 1, "e\u0301…"],
  ["cut at a space", 4, "cut…"],
])("%j cut to %d is %j", (text, most, cut) => expect(cutText(text, most)).toBe(cut));
