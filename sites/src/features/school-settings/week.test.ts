import { describe, expect, test } from "vitest";
import {
  addSpan,
  isOvernight,
  removeSpan,
  copyMonday,
  toHours,
  toMinute,
  toTime,
  toWeek,
  updateSpan,
  type Week,
} from "./week";

const closed: Week = [[], [], [], [], [], [], []];
const monday = (...spans: [string, string][]): Week => [
  spans.map(([from, until]) => ({ from, until })),
  ...closed.slice(1),
];

test("hours that are edited and not changed stay the same", () => {
  const hours = [
    { day: 1, opens: 540, closes: 720 },
    { day: 1, opens: 780, closes: 960 },
    { day: 7, opens: 1200, closes: 1440 },
  ];
  expect(toHours(toWeek(hours))).toEqual({ hours });
  expect(toTime(570)).toBe("09:30");
  expect(toMinute("9:30")).toBeNull();
});

describe("invalid office hours are refused for their day:", () => {
  test.each([
    ["a span that ends when it begins", monday(["09:00", "09:00"]), "span"],
    [
      "a span that ends on the next day and overlaps its own day",
      monday(["22:00", "02:00"], ["23:00", "23:30"]),
      "overlap",
    ],
    ["a span without an end", monday(["09:00", ""]), "span"],
    ["a span without a beginning", monday(["", "09:00"]), "span"],
    ["a span within another", monday(["09:00", "16:00"], ["10:00", "11:00"]), "overlap"],
  ] as const)("%s", (_, week, error) => expect(toHours(week)).toEqual({ day: 0, error }));

  test("spans that touch do not overlap, in whatever order they are typed", () => {
    expect(toHours(monday(["12:00", "16:00"], ["09:00", "12:00"]))).toHaveProperty("hours");
  });
});

describe("a span that ends before it begins", () => {
  test("ends on the next day, and is stored in two parts", () => {
    expect(toHours(monday(["22:00", "02:00"]))).toEqual({
      hours: [
        { day: 1, opens: 1320, closes: 1440 },
        { day: 2, opens: 0, closes: 120 },
      ],
    });
  });

  test("stays one span when it is edited again, on Sunday too", () => {
    const week: Week = closed.map((_, day) => [{ from: "22:00", until: day === 6 ? "03:00" : "02:00" }]);
    const stored = toHours(week);
    expect(toWeek("hours" in stored ? stored.hours : [])).toEqual(week);
  });

  test("may not overlap the next day's hours", () => {
    const week: Week = [[{ from: "22:00", until: "02:00" }], [{ from: "01:00", until: "03:00" }], ...closed.slice(2)];
    expect(toHours(week)).toEqual({ day: 1, error: "overlap" });
  });

  test("is told from one that ends at midnight, and from a whole day", () => {
    expect([isOvernight({ from: "22:00", until: "00:00" }), isOvernight({ from: "00:00", until: "00:00" })]).toEqual([
      false,
      false,
    ]);
    expect(isOvernight({ from: "22:00", until: "02:00" })).toBe(true);
    expect(toHours(monday(["00:00", "00:00"]))).toEqual({ hours: [{ day: 1, opens: 0, closes: 1440 }] });
  });
});

test("spans are added after the last one, and changed or removed one by one", () => {
  const one = addSpan(closed, 2);
  expect(one[2]).toEqual([{ from: "09:00", until: "16:00" }]);
  const two = addSpan(one, 2);
  expect(two[2]?.[1]).toEqual({ from: "17:00", until: "18:00" });
  expect(toHours(two)).toHaveProperty("hours");
  expect(updateSpan(two, 2, 0, { until: "12:00" })[2]?.[0]).toEqual({ from: "09:00", until: "12:00" });
  expect(removeSpan(two, 2, 0)[2]).toEqual([two[2]?.[1]]);
});

test("Monday's hours are copied to the weekdays, not to the weekend", () => {
  const week = copyMonday(monday(["09:00", "12:00"]));
  expect(week.map((spans) => spans.length)).toEqual([1, 1, 1, 1, 1, 0, 0]);
});
