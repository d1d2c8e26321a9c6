import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MemoryStorage } from "../../../testing/fake-browser";
import { storageNamespace } from "../../browser/storage";
import { WARNING, watchIdle } from "./watch-idle";

const LIMIT = 15 * 60_000;
const MOVED = { type: "keydown" };

let storage: MemoryStorage;
const running: { stop: () => void }[] = [];

/** A tab that watches, with what it was told. */
function tab({ since = Date.now(), window = new EventTarget() } = {}) {
  vi.stubGlobal("addEventListener", window.addEventListener.bind(window));
  vi.stubGlobal("removeEventListener", window.removeEventListener.bind(window));
  const warn = vi.fn();
  const end = vi.fn();
  const watch = watchIdle({ storage: storageNamespace(storage, "user"), limit: LIMIT, since, warn, end });
  running.push(watch);
  return { window, warn, end, watch, act: (type = MOVED.type) => window.dispatchEvent(new Event(type)) };
}

beforeEach(() => {
  vi.useFakeTimers();
  storage = new MemoryStorage();
  vi.stubGlobal("PointerEvent", class extends Event {});
});

afterEach(() => {
  running.splice(0).forEach((watch) => watch.stop());
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("who does nothing is warned a minute before, and then it is over", () => {
  const { warn, end } = tab();
  vi.advanceTimersByTime(LIMIT - WARNING - 1000);
  expect(warn).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1000);
  expect(warn).toHaveBeenCalledExactlyOnceWith(true);
  vi.advanceTimersByTime(WARNING - 1000);
  expect(end).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1000);
  expect(end).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(LIMIT);
  expect(end).toHaveBeenCalledOnce();
});

test.each(["keydown", "input", "pointerdown", "wheel", "touchstart"])("an act puts the end off: %s", (type) => {
  const { warn, end, act } = tab();
  vi.advanceTimersByTime(LIMIT - WARNING - 1000);
  act(type);
  expect(warn).not.toHaveBeenCalled();
  vi.advanceTimersByTime(LIMIT - 1000);
  expect(end).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1000);
  expect(end).toHaveBeenCalledOnce();
});

test("the warning is answered by its button alone: it stays while the pointer moves to it", () => {
  const { warn, end, act, watch } = tab();
  vi.advanceTimersByTime(LIMIT - 10_000);
  act("pointerdown");
  act();
  expect(warn.mock.calls).toEqual([[true]]);
  watch.act();
  expect(warn.mock.calls).toEqual([[true], [false]]);
  vi.advanceTimersByTime(LIMIT - 1000);
  expect(end).not.toHaveBeenCalled();
});

test("a page that moves under a pointer at rest puts nothing off", () => {
  const { end, window } = tab();
  const moved = (movementX: number) => Object.assign(new PointerEvent("pointermove"), { movementX, movementY: 0 });
  vi.advanceTimersByTime(LIMIT - 2 * WARNING);
  window.dispatchEvent(moved(0));
  vi.advanceTimersByTime(2 * WARNING);
  expect(end).toHaveBeenCalledOnce();
  const other = tab();
  vi.advanceTimersByTime(LIMIT - 2 * WARNING);
  other.window.dispatchEvent(moved(3));
  vi.advanceTimersByTime(2 * WARNING);
  expect(other.end).not.toHaveBeenCalled();
});

test("an act in one tab is one in all", () => {
  const first = tab();
  const second = tab();
  vi.advanceTimersByTime(LIMIT - 2 * WARNING);
  second.act();
  vi.advanceTimersByTime(2 * WARNING);
  expect(first.warn).not.toHaveBeenCalled();
  vi.advanceTimersByTime(LIMIT - 2 * WARNING - 10_000);
  second.watch.act();
  vi.advanceTimersByTime(1000);
  expect(first.warn.mock.calls).toEqual([[true], [false]]);
  expect(first.end).not.toHaveBeenCalled();
});

test("a device that slept is too late, and the act that wakes it changes nothing", () => {
  const { end, act, watch } = tab();
  vi.setSystemTime(Date.now() + LIMIT);
  act();
  watch.act();
  expect(end).toHaveBeenCalledOnce();
});

test("a page that opens too late ends at once", () => {
  const before = tab();
  before.act();
  before.watch.stop();
  vi.setSystemTime(Date.now() + LIMIT);
  expect(tab({ since: Date.now() - LIMIT - 1 }).end).toHaveBeenCalledOnce();
});

test("who has just signed in is there, whenever the last person was", () => {
  const before = tab();
  before.act();
  before.watch.stop();
  vi.setSystemTime(Date.now() + 10 * LIMIT);
  const { end } = tab({ since: Date.now() });
  vi.advanceTimersByTime(LIMIT - 1000);
  expect(end).not.toHaveBeenCalled();
});

test("a moment that lies ahead, by a clock that was wrong, keeps nobody in for longer", () => {
  storage.setItem("user:active", String(Date.now() + 100 * LIMIT));
  const { end } = tab();
  vi.advanceTimersByTime(LIMIT);
  expect(end).toHaveBeenCalledOnce();
});

test("a clock that is set back keeps nobody in for longer", () => {
  const { end, act } = tab();
  act();
  vi.setSystemTime(Date.now() - 10 * LIMIT);
  vi.advanceTimersByTime(LIMIT + 1000);
  expect(end).toHaveBeenCalledOnce();
});

test("acts are written for the other tabs at most every five seconds", () => {
  const { act } = tab();
  const written = vi.spyOn(storage, "setItem");
  for (let i = 0; i < 100; i++) {
    act();
    vi.advanceTimersByTime(100);
  }
  expect(written.mock.calls.length).toBeLessThanOrEqual(3);
});
