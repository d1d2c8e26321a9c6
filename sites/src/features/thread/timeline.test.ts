import { describe, expect, test } from "vitest";
import { buildTimeline, isDrawnTheSame, firstUnreadSeq, isLongText, lastSeqOfOtherSide } from "./timeline";
import { ended, workerMessage, message, MINUTE, NOON, schoolMessage } from "../../../testing/fixtures";
import type { OutboxItem } from "../../sync/outbox";

const today = () => 0;
const unsent = (key: string, n: number): OutboxItem => ({
  key,
  n,
  kind: "message",
  about: "exam",
  text: key,
  subject: "",
  refused: null,
  unsure: false,
});

/** Each line in a word: its kind, or a message's seq with < where a group begins and > where it ends. */
const shape = (lines: ReturnType<typeof buildTimeline>) =>
  lines.map((line) =>
    line.t === "message" ? `${line.first ? "<" : ""}${line.message.seq}${line.last ? ">" : ""}` : line.t,
  );

describe("lines", () => {
  test("messages of one side in one minute are a group", () => {
    const log = [
      message(1, "raiser"),
      message(2, "raiser"),
      message(3, "school"),
      message(4, "school", { at: NOON + MINUTE }),
    ];
    expect(shape(buildTimeline(log, [], 0, today))).toEqual(["day", "<1", "2>", "<3>", "<4>"]);
  });

  test("for a school, messages of two authors of one side are two groups", () => {
    const log = [
      schoolMessage(1, "school", "law"),
      schoolMessage(2, "school", "wanda"),
      schoolMessage(3, "school", "wanda"),
    ];
    expect(shape(buildTimeline(log, [], 0, today))).toEqual(["day", "<1>", "<2", "3>"]);
  });

  test("for a worker, their own messages and their school's are two groups", () => {
    const log = [
      workerMessage(1, "school", true),
      workerMessage(2, "school", false),
      workerMessage(3, "raiser", false),
    ];
    expect(shape(buildTimeline(log, [], 0, today))).toEqual(["day", "<1>", "<2>", "<3>"]);
  });

  test("each day begins with its date, and a group ends at midnight", () => {
    const days = (at: number) => (at > NOON + 2 ? 0 : 1);
    expect(
      shape(
        buildTimeline(
          [1, 2, 3].map((seq) => message(seq, "raiser")),
          [],
          0,
          days,
        ),
      ),
    ).toEqual(["day", "<1", "2", "day", "<3>"]);
  });

  test("a divider is above the first new message", () => {
    const log = [message(1, "school"), message(2, "school"), message(3, "school")];
    expect(shape(buildTimeline(log, [], 2, today))).toEqual(["day", "<1>", "new", "<2", "3>"]);
  });

  test("the end of the thread is the last item", () => {
    expect(shape(buildTimeline([message(1, "raiser"), ended(2)], [], 0, today))).toEqual(["day", "<1>", "ended"]);
  });

  test("unsent messages are at the end, and keep their key when they are sent", () => {
    const waiting = buildTimeline([message(1, "school")], [unsent("k", 1), unsent("l", 2)], 0, today);
    expect(shape(waiting)).toEqual(["day", "<1>", "unsent", "unsent"]);
    const sent = buildTimeline(
      [message(1, "school"), message(2, "raiser", { key: "k" })],
      [unsent("k", 1), unsent("l", 2)],
      0,
      today,
    );
    expect(shape(sent)).toEqual(["day", "<1>", "<2>", "unsent"]);
    expect(sent.map((line) => line.key)).toEqual(waiting.map((line) => line.key));
  });

  test("no two items have the same key", () => {
    const log = [message(1, "school"), message(2, "raiser", { key: "k" }), message(3, "school"), ended(4)];
    const keys = buildTimeline(log, [unsent("l", 1)], 3, (at) => at).map((line) => line.key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("the first unread message", () => {
  const log = [message(1, "school"), message(2, "raiser"), message(3, "school"), message(4, "school"), ended(5)];

  test.each([
    [0, 0],
    [1, 4],
    [2, 3],
    [3, 1],
    [9, 1],
  ])("with %i unread, the first of them is entry %i", (unread, seq) => {
    expect(firstUnreadSeq(log, "raiser", unread)).toBe(seq);
  });

  test("messages of one's own side are never unread", () => {
    expect(firstUnreadSeq(log, "school", 1)).toBe(2);
  });

  test("a seen frame reports the other side's last message, not one's own and not the end", () => {
    expect(lastSeqOfOtherSide(log, "raiser")).toBe(4);
    expect(lastSeqOfOtherSide(log, "school")).toBe(2);
    expect(lastSeqOfOtherSide([ended(1)], "school")).toBe(0);
  });
});

test("a text is collapsed if it has too many characters or lines", () => {
  expect(isLongText("a".repeat(900))).toBe(false);
  expect(isLongText("a".repeat(901))).toBe(true);
  expect(isLongText("a\n".repeat(13))).toBe(false);
  expect(isLongText("a\n".repeat(14))).toBe(true);
});

test("a message that is sent changes the look of its neighbours alone, however long the log is", () => {
  const log = Array.from({ length: 5_000 }, (_, i) => message(i + 1, i % 2 ? "school" : "raiser", { at: i * 120_000 }));
  const looks = (entries: typeof log, lastSeen: number) =>
    buildTimeline(entries, [], 0, () => 0).map((item) => ({ item, seen: lastSeen, lastSeen, now: 0 }));
  const before = looks(log, 4_990);
  const changed = (after: typeof before) =>
    after.filter((look, i) => before[i] === undefined || !isDrawnTheSame(before[i], look)).length;
  expect(changed(looks([...log, message(5_001, "raiser", { at: 5_000 * 120_000 })], 4_990))).toBe(1);
  expect(changed(looks(log, 5_000))).toBe(11); // those that were seen meanwhile, and the one that was the last
  expect(changed(looks(log, 4_990))).toBe(0);
});
