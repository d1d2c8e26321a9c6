import { describe, expect, test } from "vitest";
import { clockInZone, hoursOnDay, openingState, weeklyLines } from "./office-hours";
import type { OpenHours } from "../api/types";

const span = (day: number, opens: number, closes: number): OpenHours => ({
  day,
  opens: opens * 60,
  closes: closes * 60,
});
const WEEK = [1, 2, 3, 4].flatMap((day) => [span(day, 13, 16), span(day, 9, 12)]).concat(span(5, 9, 12));
/** Monday 1 June 2026 in Berlin, two hours ahead of UTC. */
const berlin = (day: number, hour: number, minute = 0) => Date.UTC(2026, 5, day, hour - 2, minute);

test("an office's hours are read in its own time zone, not in this device's", () => {
  expect(clockInZone("Europe/Berlin", berlin(1, 0))).toEqual({ day: 1, minute: 0 });
  expect(clockInZone("Asia/Kolkata", berlin(1, 22))).toEqual({ day: 2, minute: 90 });
  expect(clockInZone("", Date.UTC(2026, 5, 7, 23, 59))).toEqual({ day: 7, minute: 23 * 60 + 59 });
  expect(clockInZone("Nowhere/AtAll", 0)).toBeNull();
});

describe("an office", () => {
  const now = (at: number) => openingState(WEEK, "Europe/Berlin", at);

  test("is open from its first minute to the one before it closes", () => {
    expect(now(berlin(1, 9))).toEqual({ t: "open", until: 720 });
    expect(now(berlin(1, 11, 59))).toEqual({ t: "open", until: 720 });
    expect(now(berlin(1, 12))).toEqual({ t: "closed", day: 1, opens: 780 });
  });

  test("that is closed says when it opens next, over the weekend too", () => {
    expect(now(berlin(1, 8))).toEqual({ t: "closed", day: 1, opens: 540 });
    expect(now(berlin(4, 20))).toEqual({ t: "closed", day: 5, opens: 540 });
    expect(now(berlin(5, 12))).toEqual({ t: "closed", day: 1, opens: 540 });
    expect(now(berlin(7, 23, 59))).toEqual({ t: "closed", day: 1, opens: 540 });
  });

  test("that is open once a week is closed until then, also right after it", () => {
    expect(openingState([span(3, 9, 10)], "UTC", Date.UTC(2026, 5, 3, 10))).toEqual({
      t: "closed",
      day: 3,
      opens: 540,
    });
  });

  test("without hours, or with an unknown time zone, has no opening state", () => {
    expect(openingState([], "Europe/Berlin", 0)).toBeNull();
    expect(openingState(WEEK, "Nowhere/AtAll", 0)).toBeNull();
  });
});

test("successive days with the same hours share a line, with the spans in order", () => {
  const lines = weeklyLines([...WEEK, span(7, 10, 11)]);
  expect(lines.map(({ from, to }) => [from, to])).toEqual([
    [1, 4],
    [5, 5],
    [7, 7],
  ]);
  expect(lines[0]?.spans.split(", ")).toHaveLength(2);
  expect(hoursOnDay(WEEK, 2).map(({ opens }) => opens)).toEqual([540, 780]);
});
