import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fetchServerTime, startMinuteClock, setClockFrom, currentMinute, now, clockOffset } from "./server-clock";

const NOON = Date.UTC(2026, 2, 10, 12);
const answer = (at: number, age?: number) => ({
  headers: new Headers({ date: new Date(at).toUTCString(), ...(age === undefined ? {} : { age: String(age) }) }),
});

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
  clockOffset.value = 0;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test.each([
  ["11 minutes fast", 11 * 60_000],
  ["11 minutes slow", -11 * 60_000],
  ["two hours fast", 2 * 3_600_000],
])("a device whose clock is %s takes the time from an answer", (_, fast) => {
  vi.setSystemTime(NOON + fast);
  expect(setClockFrom(answer(NOON))).toBe(true);
  expect([now(), currentMinute.value, clockOffset.value]).toEqual([NOON, NOON, -fast]);
});

test("a slow answer does not move the clock", () => {
  vi.setSystemTime(NOON + 20_000);
  setClockFrom(answer(NOON));
  expect(clockOffset.value).toBe(0);
});

test("the age of a cached answer is added", () => {
  setClockFrom(answer(NOON - 3_600_000, 3600));
  expect(clockOffset.value).toBe(0);
});

test("an answer without a date changes nothing", () => {
  clockOffset.value = 60_000;
  expect(setClockFrom({ headers: new Headers() })).toBe(false);
  expect(clockOffset.value).toBe(60_000);
});

test("the time is fetched from the site's own origin, and a network failure changes nothing", async () => {
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => answer(NOON + 600_000)),
  );
  await fetchServerTime();
  expect([clockOffset.value, vi.mocked(fetch).mock.lastCall?.[0]]).toEqual([600_000, "config.json"]);
  vi.spyOn(console, "debug").mockReturnValueOnce();
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("network")));
  await fetchServerTime();
  expect(clockOffset.value).toBe(600_000);
});

test("an answer that took a little time does not move a clock that was set before", () => {
  setClockFrom(answer(NOON + 600_000));
  vi.advanceTimersByTime(20_000);
  setClockFrom(answer(NOON + 600_000));
  expect(clockOffset.value).toBe(600_000);
});

describe("while the page is open", () => {
  let document: EventTarget;
  let window: EventTarget;

  beforeEach(() => {
    [document, window] = [new EventTarget(), new EventTarget()];
    vi.stubGlobal("document", document);
    vi.stubGlobal("addEventListener", window.addEventListener.bind(window));
    vi.setSystemTime(NOON - 30_000);
    vi.stubGlobal(
      "fetch",
      vi.fn(async () => answer(NOON)),
    );
    startMinuteClock();
  });

  test("the current minute is updated by itself", () => {
    vi.advanceTimersByTime(30_000);
    expect(currentMinute.value).toBe(NOON);
    vi.advanceTimersByTime(60_000);
    expect(currentMinute.value).toBe(NOON + 60_000);
    expect(fetch).not.toHaveBeenCalled();
  });

  test.each([
    ["wakes up", () => document.dispatchEvent(new Event("visibilitychange"))],
    ["shows the page again as it was left", () => window.dispatchEvent(new Event("pageshow"))],
    ["gives the window the focus", () => window.dispatchEvent(new Event("focus"))],
  ])("it is updated at once when the device %s", (_, notice) => {
    vi.setSystemTime(NOON + 8 * 3_600_000);
    notice();
    expect(currentMinute.value).toBe(NOON + 8 * 3_600_000);
  });

  test.each([2 * 3_600_000, -11 * 60_000])(
    "a clock that somebody sets %i ms off is noticed within a minute",
    async (off) => {
      vi.setSystemTime(NOON + off);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(fetch).toHaveBeenCalledOnce();
      expect(Math.abs(now() - NOON)).toBeLessThan(61_000);
      expect(Math.abs(currentMinute.value - NOON)).toBeLessThan(61_000);
    },
  );
});
