import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { id, NOON, schoolRow } from "../../testing/fixtures";
import type { SchoolRow } from "../api/protocol";
import { watchInboxCounts } from "./inbox-counts";
import { applyFrame, applyLoaded, clearThreads, inboxCounts, isLoaded, type Session, setSession } from "./store";
import { dropRow } from "./thread-lists";

const call = vi.fn((_: string) => Promise.resolve({ workers: [] }));
const counted = () => call.mock.calls.filter(([name]) => name === "overview").length;
let rev = 1;

const change = (overrides: Partial<SchoolRow> = {}) => {
  applyFrame({ t: "row", row: schoolRow("exam", ++rev, overrides) });
};

beforeAll(() => {
  vi.useFakeTimers();
  watchInboxCounts();
});

beforeEach(async () => {
  setSession({ call } as unknown as Session);
  isLoaded.value = false;
  clearThreads();
  change();
  inboxCounts.value = null;
  isLoaded.value = true;
  await vi.advanceTimersByTimeAsync(10_000);
  call.mockClear();
});

afterEach(() => vi.advanceTimersByTimeAsync(10_000));

test("a message that changes no count is not counted", async () => {
  for (let n = 0; n < 10; n++) {
    change({ at: NOON + n, last: { side: "raiser", text: `Text ${n}` } });
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(counted()).toBe(0);
});

test.each<[string, Partial<SchoolRow>]>([
  ["the other side's turn", { last: { side: "school", text: "Done" } }],
  ["with a worker", { worker: id("walt") }],
  ["ended", { state: "terminated" }],
])("a thread that is now %s is counted at once", async (_, overrides) => {
  change(overrides);
  await vi.advanceTimersByTimeAsync(400);
  expect(counted()).toBe(1);
});

test("rows that a list loads and leaves as it is scrolled are not counted", async () => {
  for (let n = 0; n < 10; n++) {
    applyLoaded({ row: schoolRow(`scrolled ${n}`, 1), read: 0, snooze: null, seen: 0 });
    await vi.advanceTimersByTimeAsync(1_000);
    dropRow(id(`scrolled ${n}`));
  }
  expect(counted()).toBe(0);
});

test.each<[string, () => void]>([
  ["has come", () => applyFrame({ t: "row", row: schoolRow("fee", 1) })],
  ["is gone", () => applyFrame({ t: "gone", id: id("exam"), rev: rev + 1 })],
])("a thread that %s is counted at once", async (_, happen) => {
  happen();
  await vi.advanceTimersByTimeAsync(400);
  expect(counted()).toBe(1);
});

test("changes that never pause are counted all the same, and not more often than every three seconds", async () => {
  for (let n = 0; n < 300; n++) {
    change({ worker: n % 2 ? id("walt") : null });
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(counted()).toBeGreaterThan(8);
  expect(counted()).toBeLessThan(12);
});
