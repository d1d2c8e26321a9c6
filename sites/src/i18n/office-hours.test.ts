import { describe, expect, test, vi } from "vitest";

vi.hoisted(() => vi.stubGlobal("navigator", { languages: ["en-GB"] }));

import { clockInZone, hoursOnDay, isLocalZone, openingState, weeklyLines } from "./office-hours";
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
    expect(now(berlin(1, 9))).toEqual({ t: "open", until: 720, day: null });
    expect(now(berlin(1, 11, 59))).toEqual({ t: "open", until: 720, day: null });
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

describe("hours that run over midnight", () => {
  const night = [span(1, 22, 24), span(2, 0, 2)];
  const now = (hours: OpenHours[], day: number, hour: number, minute = 0) =>
    openingState(hours, "UTC", Date.UTC(2026, 5, day, hour, minute));

  test("are open until they end, not until midnight", () => {
    expect(now(night, 1, 23)).toEqual({ t: "open", until: 120, day: null });
    expect(now(night, 2, 1, 59)).toEqual({ t: "open", until: 120, day: null });
    expect(now(night, 2, 2)).toEqual({ t: "closed", day: 1, opens: 22 * 60 });
  });

  test("run from Sunday into Monday too", () => {
    const sunday = [span(7, 20, 24), span(1, 0, 4), span(1, 9, 12)];
    expect(now(sunday, 7, 21)).toEqual({ t: "open", until: 240, day: null });
    expect(now(sunday, 8, 3)).toEqual({ t: "open", until: 240, day: null });
    expect(now(sunday, 8, 4)).toEqual({ t: "closed", day: 1, opens: 540 });
  });

  test("of several days say on which day they end", () => {
    const days = [span(1, 0, 24), span(2, 0, 24), span(3, 0, 12)];
    expect(now(days, 1, 8)).toEqual({ t: "open", until: 720, day: 3 });
    expect(now(days, 3, 8)).toEqual({ t: "open", until: 720, day: null });
  });

  test("of a whole week never end", () => {
    const week = [1, 2, 3, 4, 5, 6, 7].map((day) => span(day, 0, 24));
    expect(now(week, 7, 23, 59)).toEqual({ t: "always" });
  });

  test("that end at midnight end then", () => {
    expect(now([span(1, 22, 24)], 1, 23, 59)).toEqual({ t: "open", until: 0, day: null });
    expect(now([span(1, 22, 24)], 2, 0)).toEqual({ t: "closed", day: 1, opens: 22 * 60 });
  });

  test("are listed as one span of the day on which they begin", () => {
    const [monday, ...others] = weeklyLines(night);
    expect(monday?.spans.split("–").map((time) => time.replace(/^0/, ""))).toEqual(["22:00", "2:00"]);
    expect([monday?.from, monday?.to, others]).toEqual([1, 1, []]);
  });

  test("are joined only if they are shorter than a day", () => {
    expect(weeklyLines([span(1, 9, 24), span(2, 0, 9)]).map(({ from }) => from)).toEqual([1, 2]);
  });
});

test("spans that touch are open without a break", () => {
  expect(openingState([span(1, 9, 12), span(1, 12, 16)], "UTC", Date.UTC(2026, 5, 1, 10))).toEqual({
    t: "open",
    until: 960,
    day: null,
  });
});

describe("on a day when the clocks change", () => {
  const hours = [span(7, 1, 4), span(7, 9, 12)];
  const now = (month: number, day: number, utcHour: number) =>
    openingState(hours, "Europe/Berlin", Date.UTC(2026, month, day, utcHour));

  test("hours are those of the office's own clock", () => {
    expect(now(2, 29, 0)).toEqual({ t: "open", until: 240, day: null }); // 1:00; an hour later it is 3:00
    expect(now(2, 29, 1)).toEqual({ t: "open", until: 240, day: null });
    expect(now(2, 29, 2)).toEqual({ t: "closed", day: 7, opens: 540 });
    expect(now(2, 29, 7)).toEqual({ t: "open", until: 720, day: null });
    expect(now(9, 25, 2)).toEqual({ t: "open", until: 240, day: null }); // 3:00, after 2:00 came twice
    expect(now(9, 25, 3)).toEqual({ t: "closed", day: 7, opens: 540 });
  });
});

test("hours without a time zone are those of UTC, which the page says elsewhere", () => {
  const zone = vi.spyOn(Intl.DateTimeFormat.prototype, "resolvedOptions");
  zone.mockReturnValue({ timeZone: "Europe/Berlin" } as Intl.ResolvedDateTimeFormatOptions);
  expect([isLocalZone(""), isLocalZone("UTC"), isLocalZone("Europe/Berlin")]).toEqual([false, false, true]);
  zone.mockRestore();
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
