import { describe, expect, test } from "vitest";
import { added, dropped, likeMonday, toHours, toMinute, toTime, toWeek, typedIn, type Week } from "./week";

const closed: Week = [[], [], [], [], [], [], []];
const monday = (...spans: [string, string][]): Week => [spans.map(([from, until]) => ({ from, until })), ...closed.slice(1)];

test("hours survive being edited and not changed", () => {
  const hours = [{ day: 1, opens: 540, closes: 720 }, { day: 1, opens: 780, closes: 960 }, { day: 7, opens: 1200, closes: 1440 }];
  expect(toHours(toWeek(hours))).toEqual({ hours });
  expect(toTime(570)).toBe("09:30");
  expect(toMinute("9:30")).toBeNull();
});

describe("what cannot be office hours is refused for its day:", () => {
  test.each([
    ["hours that end as they begin", monday(["09:00", "09:00"]), "span"],
    ["hours that end before", monday(["16:00", "09:00"]), "span"],
    ["hours without an end", monday(["09:00", ""]), "span"],
    ["hours without a beginning", monday(["", "09:00"]), "span"],
    ["hours within others", monday(["09:00", "16:00"], ["10:00", "11:00"]), "overlap"],
  ] as const)("%s", (_, week, wrong) => expect(toHours(week)).toEqual({ day: 0, wrong }));

  test("hours that touch are no overlap, and the order they are typed in is nothing", () => {
    expect(toHours(monday(["12:00", "16:00"], ["09:00", "12:00"]))).toHaveProperty("hours");
  });
});

test("hours are added where the last ones end, and typed over or taken away one by one", () => {
  const one = added(closed, 2);
  expect(one[2]).toEqual([{ from: "09:00", until: "16:00" }]);
  const two = added(one, 2);
  expect(two[2]?.[1]).toEqual({ from: "17:00", until: "18:00" });
  expect(toHours(two)).toHaveProperty("hours");
  expect(typedIn(two, 2, 0, { until: "12:00" })[2]?.[0]).toEqual({ from: "09:00", until: "12:00" });
  expect(dropped(two, 2, 0)[2]).toEqual([two[2]?.[1]]);
});

test("Monday's hours go to the weekdays, not to the weekend", () => {
  const week = likeMonday(monday(["09:00", "12:00"]));
  expect(week.map((spans) => spans.length)).toEqual([1, 1, 1, 1, 1, 0, 0]);
});
