import { describe, expect, test } from "vitest";
import { dateIn, morningOf, snoozeTimes, timeIn } from "./snooze-times";

const at = (text: string) => Date.parse(text);
const times = (now: string, zone: string) =>
  Object.fromEntries(snoozeTimes(at(now), zone).map(({ name, at: time }) => [name, new Date(time).toISOString()]));

describe("by the clock of the school", () => {
  test("later today, tomorrow and Monday are offered", () => {
    expect(times("2026-12-02T08:10:00Z", "Europe/Helsinki")).toEqual({
      today: "2026-12-02T11:30:00.000Z",
      tomorrow: "2026-12-03T06:00:00.000Z",
      monday: "2026-12-07T06:00:00.000Z",
    });
  });

  test("in the evening there is no later today, though it may be another day elsewhere", () => {
    expect(times("2026-12-02T16:00:00Z", "Europe/Helsinki")).toEqual({
      tomorrow: "2026-12-03T06:00:00.000Z",
      monday: "2026-12-07T06:00:00.000Z",
    });
    expect(times("2026-12-03T03:00:00Z", "America/Los_Angeles")["tomorrow"]).toBe("2026-12-03T16:00:00.000Z");
  });

  test("on a Sunday, tomorrow is Monday and is offered once; on a Monday, Monday is the next one", () => {
    expect(times("2026-12-06T08:00:00Z", "UTC")).toEqual({
      today: "2026-12-06T11:00:00.000Z",
      tomorrow: "2026-12-07T08:00:00.000Z",
    });
    expect(times("2026-12-07T08:00:00Z", "UTC")["monday"]).toBe("2026-12-14T08:00:00.000Z");
  });

  test("a clock that is changed in between is followed", () => {
    expect(times("2026-03-28T09:00:00Z", "Europe/Helsinki")["tomorrow"]).toBe("2026-03-29T05:00:00.000Z");
    expect(times("2026-10-24T09:00:00Z", "Europe/Helsinki")["tomorrow"]).toBe("2026-10-25T06:00:00.000Z");
  });

  test("a day that is chosen begins in the morning there", () => {
    expect(morningOf("2026-12-24", "Asia/Tokyo")).toBe(at("2026-12-23T23:00:00Z"));
    expect(dateIn("Asia/Tokyo", at("2026-12-23T23:00:00Z"))).toBe("2026-12-24");
    const options = { hour: "numeric", minute: "2-digit", hourCycle: "h23" } as const;
    expect(timeIn("en", "Asia/Tokyo", options, at("2026-12-23T23:00:00Z"))).toBe("08:00");
  });
});

test("a zone that this browser does not know, or none, is this browser's own", () => {
  const now = at("2026-12-02T08:10:00Z");
  expect(snoozeTimes(now, "Mars/Olympus")).toEqual(snoozeTimes(now, ""));
});
