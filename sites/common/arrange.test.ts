import { describe, expect, test } from "vitest";
import { arrange, firstUnread, isLong, lastOfTheirs } from "./arrange";
import { ended, handled, message, MINUTE, NOON, written } from "./kit/entries";
import type { PendingAct } from "./drafts/pending-acts";

const today = () => 0;
const unsent = (key: string, n: number): PendingAct => ({ key, n, kind: "message", about: "exam", text: key, subject: "", refused: null, unsure: false });

/** Each line in a word: its kind, or a message's seq with < where a group begins and > where it ends. */
const shape = (lines: ReturnType<typeof arrange>) =>
  lines.map((line) => (line.t === "message" ? `${line.first ? "<" : ""}${line.message.seq}${line.last ? ">" : ""}` : line.t));

describe("lines", () => {
  test("messages of one side and one minute stand together", () => {
    const log = [message(1, "raiser"), message(2, "raiser"), message(3, "school"), message(4, "school", { at: NOON + MINUTE })];
    expect(shape(arrange(log, [], 0, today))).toEqual(["day", "<1", "2>", "<3>", "<4>"]);
  });

  test("for a school, messages of two hands of one side stand apart", () => {
    const log = [written(1, "school", "law"), written(2, "school", "wanda"), written(3, "school", "wanda")];
    expect(shape(arrange(log, [], 0, today))).toEqual(["day", "<1>", "<2", "3>"]);
  });

  test("for a worker, its own messages stand apart from its school's", () => {
    const log = [handled(1, "school", true), handled(2, "school", false), handled(3, "raiser", false)];
    expect(shape(arrange(log, [], 0, today))).toEqual(["day", "<1>", "<2>", "<3>"]);
  });

  test("each day begins with its date, and a group does not reach over midnight", () => {
    const days = (at: number) => (at > NOON + 2 ? 0 : 1);
    expect(shape(arrange([1, 2, 3].map((seq) => message(seq, "raiser")), [], 0, days))).toEqual(["day", "<1", "2", "day", "<3>"]);
  });

  test("what is new is divided from what was read", () => {
    const log = [message(1, "school"), message(2, "school"), message(3, "school")];
    expect(shape(arrange(log, [], 2, today))).toEqual(["day", "<1>", "new", "<2", "3>"]);
  });

  test("the end of the thread is the last line", () => {
    expect(shape(arrange([message(1, "raiser"), ended(2)], [], 0, today))).toEqual(["day", "<1>", "ended"]);
  });

  test("what is not sent yet stands at the end, and keeps its line once it is sent", () => {
    const waiting = arrange([message(1, "school")], [unsent("k", 1), unsent("l", 2)], 0, today);
    expect(shape(waiting)).toEqual(["day", "<1>", "unsent", "unsent"]);
    const sent = arrange([message(1, "school"), message(2, "raiser", { key: "k" })], [unsent("k", 1), unsent("l", 2)], 0, today);
    expect(shape(sent)).toEqual(["day", "<1>", "<2>", "unsent"]);
    expect(sent.map((line) => line.key)).toEqual(waiting.map((line) => line.key));
  });

  test("no two lines share a key", () => {
    const log = [message(1, "school"), message(2, "raiser", { key: "k" }), message(3, "school"), ended(4)];
    const keys = arrange(log, [unsent("l", 1)], 3, (at) => at).map((line) => line.key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("where one left off", () => {
  const log = [message(1, "school"), message(2, "raiser"), message(3, "school"), message(4, "school"), ended(5)];

  test.each([
    [0, 0],
    [1, 4],
    [2, 3],
    [3, 1],
    [9, 1],
  ])("with %i unread, the first of them is entry %i", (unread, seq) => {
    expect(firstUnread(log, "raiser", unread)).toBe(seq);
  });

  test("what one's own side wrote is not unread", () => {
    expect(firstUnread(log, "school", 1)).toBe(2);
  });

  test("seen is told of the other side's last message, not of one's own nor of the end", () => {
    expect(lastOfTheirs(log, "raiser")).toBe(4);
    expect(lastOfTheirs(log, "school")).toBe(2);
    expect(lastOfTheirs([ended(1)], "school")).toBe(0);
  });
});

test("a text is folded when it would fill the screen, by its letters or by its lines", () => {
  expect(isLong("a".repeat(900))).toBe(false);
  expect(isLong("a".repeat(901))).toBe(true);
  expect(isLong("a\n".repeat(13))).toBe(false);
  expect(isLong("a\n".repeat(14))).toBe(true);
});
