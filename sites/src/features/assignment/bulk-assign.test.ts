import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Gift, giveAll, spread } from "./bulk-assign";

const THREADS = ["a", "b", "c", "d", "e", "f"];
const workersOf = (gifts: readonly Gift[]) => gifts.map(({ worker }) => worker);
const threadsOf = (gifts: readonly Gift[]) => gifts.map((gift) => gift.thread);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("whoever has the fewest gets the next one, until all have as many", () => {
  const gifts = spread(THREADS, [
    { id: "wanda", load: 4 },
    { id: "walt", load: 0 },
  ]);
  const count = (worker: string) => workersOf(gifts).filter((each) => each === worker).length;
  expect([count("wanda"), count("walt")]).toEqual([1, 5]);
  expect([...threadsOf(gifts)].sort()).toEqual(THREADS);
});

test("the order is one of chance: over many times each thread is the first as often", () => {
  const firsts = Array.from({ length: 3_000 }, () => threadsOf(spread(THREADS, [{ id: "w", load: 0 }]))[0]);
  for (const thread of THREADS) {
    const share = firsts.filter((first) => first === thread).length / firsts.length;
    expect(share).toBeGreaterThan(0.12);
    expect(share).toBeLessThan(0.22);
  }
});

test("what one is refused for does not stop the others", async () => {
  const gifts = spread(THREADS, [{ id: "w", load: 0 }]);
  const told: [string, unknown][] = [];
  const give = ({ thread }: Gift) => (thread === "c" ? Promise.reject(new Error("It has ended.")) : Promise.resolve());
  const onEach = (gift: Gift, error: unknown) => void told.push([gift.thread, error]);
  const given = giveAll(gifts, give, onEach, new AbortController().signal);
  await vi.runAllTimersAsync();
  expect([...threadsOf(await given)].sort()).toEqual(["a", "b", "d", "e", "f"]);
  expect(told.filter(([, error]) => error !== null).map(([thread]) => thread)).toEqual(["c"]);
  expect(told).toHaveLength(6);
});

test("none is given after it was stopped, and what was given is returned", async () => {
  const stop = new AbortController();
  const gifts = spread(THREADS, [{ id: "w", load: 0 }]);
  const give = vi.fn(() => Promise.resolve());
  const given = giveAll(gifts, give, () => give.mock.calls.length === 2 && stop.abort(), stop.signal);
  await vi.runAllTimersAsync();
  expect(await given).toHaveLength(2);
  expect(give).toHaveBeenCalledTimes(2);
});

test("between two there is a pause of chance, and none before the first", async () => {
  const give = vi.fn(() => Promise.resolve());
  void giveAll(spread(["a", "b"], [{ id: "w", load: 0 }]), give, () => undefined, new AbortController().signal);
  await vi.advanceTimersByTimeAsync(0);
  expect(give).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(299);
  expect(give).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1_201);
  expect(give).toHaveBeenCalledTimes(2);
});
