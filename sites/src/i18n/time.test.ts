import { describe, expect, test, vi } from "vitest";

vi.hoisted(() => vi.stubGlobal("navigator", { languages: ["en-GB"] }));

const { shortDate, timeOfDay, daysAgo, fullDateTime } = await import("./time");
const { dayLabel } = await import("./day");

const at = (day: number, hour = 12, month = 2, year = 2026): number => new Date(year, month, day, hour, 5).getTime();
const NOW = at(10, 9); // Tuesday 10 March 2026

describe("days", () => {
  test("are counted by the calendar, not by hours", () => {
    expect(daysAgo(at(9, 23), at(10, 0))).toBe(1);
    expect(daysAgo(at(10, 0), at(10, 23))).toBe(0);
  });

  test("are whole when the clocks change", () => {
    expect(daysAgo(at(28, 12), at(30, 12))).toBe(2); // the 29th had 23 hours
    expect(daysAgo(at(24, 12, 9), at(26, 12, 9))).toBe(2); // the 25th had 25
  });
});

test.each([
  ["the hour, today", at(10, 8), "8:05"],
  ["the hour still, for a message the server dates a moment ahead", at(10, 10), "10:05"],
  ["the day, this week", at(9), "Mon"],
  ["the day, six days ago", at(4), "Wed"],
  ["the date, a week ago", at(3), "3 Mar"],
])("a list shows %s", (_, at, text) => {
  expect(shortDate(at, NOW)).toBe(text);
});

test("a list shows the year if the date alone would mislead", () => {
  expect(shortDate(at(3, 12, 2, 2024), NOW)).toBe("3 Mar 2024");
});

test.each([
  [at(10), "Today"],
  [at(11), "Today"],
  [at(9), "Yesterday"],
  [at(3), "Tuesday 3 March"],
  [at(3, 12, 2, 2024), "3 March 2024"],
])("a divider shows the day of %i in words: %s", (at, text) => {
  expect(dayLabel(at, NOW)).toBe(text);
});

test("the full date and time can be shown", () => {
  expect(timeOfDay(at(3, 14))).toBe("14:05");
  expect(fullDateTime(at(3, 14))).toBe("3 March 2026 at 14:05");
});
