import { expect, test } from "vitest";
import type { InternalEntry } from "../../sync/internal-notes";
import { pastOfThread } from "./past-of-thread";

const given = (seq: number, worker: string | null, at = seq): InternalEntry => ({ as: "assigned", seq, at, worker });
const note = (seq: number, author: string, at = seq): InternalEntry => ({
  as: "school_note",
  seq,
  at,
  author,
  text: "The messages tell me who asked.",
  key: null,
});
const past = (...entries: InternalEntry[]) => Object.fromEntries(pastOfThread(entries));

test("who had a thread and has it no more had it before, whoever took it", () => {
  expect(past(given(1, "wanda"), given(2, null))).toEqual({ wanda: "had" });
  expect(past(given(1, "wanda"), given(2, "walt"))).toEqual({ wanda: "had" });
  expect(past(given(1, "wanda"))).toEqual({});
  expect(past()).toEqual({});
});

test("a note that the worker wrote together with the end is a reason to hand it back", () => {
  expect(past(given(1, "wanda"), note(2, "wanda", 9), given(3, null, 9))).toEqual({ wanda: "handedBack" });
});

test.each([
  ["an earlier note", note(2, "wanda", 8), given(3, null, 9)],
  ["a note of another number", note(2, "wanda", 9), given(4, null, 9)],
  ["a note of the school", note(2, "law", 9), given(3, null, 9)],
  ["a note before the thread went to somebody else", note(2, "wanda", 9), given(3, "walt", 9)],
])("%s is not", (_, ...entries) => expect(past(given(1, "wanda"), ...entries).wanda).toBe("had"));

test("what was last counts", () => {
  const handedBack = [given(1, "wanda"), note(2, "wanda", 9), given(3, null, 9)];
  expect(past(...handedBack, given(4, "wanda"))).toEqual({});
  expect(past(...handedBack, given(4, "wanda"), given(5, null))).toEqual({ wanda: "had" });
});
