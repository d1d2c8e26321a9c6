import { describe, expect, test } from "vitest";
import { clockIn, on, openness, weekly } from "./hours";
import type { OpenHours } from "./protocol";

const span = (day: number, opens: number, closes: number): OpenHours => ({ day, opens: opens * 60, closes: closes * 60 });
const WEEK = [1, 2, 3, 4].flatMap((day) => [span(day, 13, 16), span(day, 9, 12)]).concat(span(5, 9, 12));
/** Monday 1 June 2026 in Berlin, two hours ahead of UTC. */
const berlin = (day: number, hour: number, minute = 0) => Date.UTC(2026, 5, day, hour - 2, minute);

test("an office's clock is its own zone's, whatever this device's is", () => {
  expect(clockIn("Europe/Berlin", berlin(1, 0))).toEqual({ day: 1, minute: 0 });
  expect(clockIn("Asia/Kolkata", berlin(1, 22))).toEqual({ day: 2, minute: 90 });
  expect(clockIn("", Date.UTC(2026, 5, 7, 23, 59))).toEqual({ day: 7, minute: 23 * 60 + 59 });
  expect(clockIn("Nowhere/AtAll", 0)).toBeNull();
});

describe("an office", () => {
  const now = (at: number) => openness(WEEK, "Europe/Berlin", at);

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

  test("that is there one moment a week is closed until then, right after it too", () => {
    expect(openness([span(3, 9, 10)], "UTC", Date.UTC(2026, 5, 3, 10))).toEqual({ t: "closed", day: 3, opens: 540 });
  });

  test("that publishes no hours, or by a clock nobody knows, says nothing", () => {
    expect(openness([], "Europe/Berlin", 0)).toBeNull();
    expect(openness(WEEK, "Nowhere/AtAll", 0)).toBeNull();
  });
});

test("days that are alike and follow one another are one line, each with its spans in order", () => {
  const lines = weekly([...WEEK, span(7, 10, 11)]);
  expect(lines.map(({ from, to }) => [from, to])).toEqual([[1, 4], [5, 5], [7, 7]]);
  expect(lines[0]?.spans.split(", ")).toHaveLength(2);
  expect(on(WEEK, 2).map(({ opens }) => opens)).toEqual([540, 780]);
});
