import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ask, followMinutes, learn, minute, now, offset } from "./clock";

const NOON = Date.UTC(2026, 2, 10, 12);
const answer = (at: number, age?: number) => ({
  headers: new Headers({ date: new Date(at).toUTCString(), ...(age === undefined ? {} : { age: String(age) }) }),
});

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
  offset.value = 0;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test.each([
  ["11 minutes fast", 11 * 60_000],
  ["11 minutes slow", -11 * 60_000],
  ["two hours fast", 2 * 3_600_000],
])("a device whose clock is %s learns the time from an answer", (_, fast) => {
  vi.setSystemTime(NOON + fast);
  expect(learn(answer(NOON))).toBe(true);
  expect([now(), minute.value, offset.value]).toEqual([NOON, NOON, -fast]);
});

test("an answer that was on its way for a while is no reason to doubt a clock", () => {
  vi.setSystemTime(NOON + 20_000);
  learn(answer(NOON));
  expect(offset.value).toBe(0);
});

test("an answer from a cache is as old as it says", () => {
  learn(answer(NOON - 3_600_000, 3600));
  expect(offset.value).toBe(0);
});

test("an answer that hides its time teaches nothing", () => {
  offset.value = 60_000;
  expect(learn({ headers: new Headers() })).toBe(false);
  expect(offset.value).toBe(60_000);
});

test("the time is asked for at the site's own address, and a network that is away changes nothing", async () => {
  vi.stubGlobal("fetch", vi.fn(async () => answer(NOON + 600_000)));
  await ask();
  expect([offset.value, vi.mocked(fetch).mock.lastCall?.[0]]).toEqual([600_000, "config.json"]);
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("network")));
  await ask();
  expect(offset.value).toBe(600_000);
});

test("the minute moves on by itself, and at once when the device wakes up", () => {
  const document = new EventTarget();
  vi.stubGlobal("document", document);
  vi.setSystemTime(NOON - 30_000);
  followMinutes();
  vi.advanceTimersByTime(30_000);
  expect(minute.value).toBe(NOON);
  vi.setSystemTime(NOON + 8 * 3_600_000);
  document.dispatchEvent(new Event("visibilitychange"));
  expect(minute.value).toBe(NOON + 8 * 3_600_000);
});
