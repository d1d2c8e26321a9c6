import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fetchUnknown } from "./load-by-frame";

const { fetchThread } = vi.hoisted(() => ({ fetchThread: vi.fn(() => Promise.resolve()) }));
vi.mock("./sync", () => ({ fetchThread, refresh: (load: Promise<unknown>) => load }));

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const hear = (hour: number, from: number, to: number): void => {
  for (let n = from; n < to; n++) fetchUnknown(`thread ${hour} ${n}`);
};

test("a few threads are looked up at once, and many at a pace, each of them once", async () => {
  hear(1, 0, 50);
  hear(1, 30, 50); // again, of some that wait
  await vi.advanceTimersByTimeAsync(0);
  expect(fetchThread).toHaveBeenCalledTimes(20);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(fetchThread).toHaveBeenCalledTimes(22);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(fetchThread).toHaveBeenCalledTimes(50);
  hear(2, 0, 20);
  await vi.advanceTimersByTimeAsync(0);
  expect(fetchThread).toHaveBeenCalledTimes(70);
});
