import { expect, test } from "vitest";
import { sumByPlace, classWithin, tableOf } from "./figures";
import { toCsv } from "./csv";

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const zeros = (length: number) => Array<number>(length).fill(0);
const times = (days: readonly number[]) => ({ hours: [...days, ...zeros(17)], days });

test("a share lies within the first class that has as much up to it", () => {
  expect(classWithin([1, 0, 1, 2], 0.5)).toBe(2);
  expect(classWithin([1, 0, 1, 2], 0.25)).toBe(0);
  expect(classWithin([1, 0, 1, 2], 0.9)).toBe(3);
  expect(classWithin([0, 0, 0, 9], 0.5)).toBe(3);
  expect(classWithin([0, 0], 0.5)).toBeNull();
});

test("counts of several weeks are summed place by place", () => {
  expect(sumByPlace([[1, 2], [3, 4, 5], []])).toEqual([4, 6, 5]);
  expect(sumByPlace([])).toEqual([]);
});

test("the table has a row for each week, with as many cells as its head", () => {
  const week = {
    begins: "2026-11-30",
    raised: times([1, 2, 0, 0, 0, 0, 0]),
    ended: times([0, 0, 0, 0, 0, 0, 4]),
    replies: [5, 0, 1],
    settled: [0, 4, 0],
  };
  const shown = { weeks: [week], longest: [5, 60], reply_time: null, measured_weeks: 8, least_replies: 20 };
  const [head, row] = tableOf(shown, DAYS);
  expect(head).toHaveLength(row?.length ?? 0);
  expect(new Set(head).size).toBe(head?.length);
  const cell = (name: string) => row?.[head?.indexOf(name) ?? -1];
  expect(row?.slice(0, 4)).toEqual(["2026-11-30", 3, 6, 4]);
  expect([cell("first answer, longer"), cell("ended, within 60 min")]).toEqual([1, 4]);
  expect([cell("asked, Tue"), cell("asked, 1:00"), cell("ended, Sun"), cell("ended, 6:00")]).toEqual([2, 2, 4, 4]);
});

test("a file has a byte-order mark, quoted texts, and line ends as RFC 4180 has them", () => {
  expect(
    toCsv([
      ["a, b", 'c "d"'],
      ["", 4],
    ]),
  ).toBe('\uFEFF"a, b","c ""d"""\r\n"",4\r\n');
});

test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])(
  "%j is no formula in a spreadsheet",
  (text) => {
    expect(toCsv([[text]])).toBe(`\uFEFF"'${text}"\r\n`);
  },
);

test("a number is no text, and a minus within a text is no formula", () => {
  expect(toCsv([[-1, "2026-11-30", "a=b"]])).toBe('\uFEFF-1,"2026-11-30","a=b"\r\n');
});
