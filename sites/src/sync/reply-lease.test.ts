import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { id } from "../../testing/fixtures";
import { type Composing, COMPOSING_EVERY } from "../api/protocol";
import { composingThreads, ComposingSign } from "./reply-lease";
import { late, type Session, setSession } from "./store";

const EXAM = id("exam");
const send = vi.fn<(frame: Composing) => boolean>();
const said = () => send.mock.calls.map(([frame]) => frame.open);

beforeEach(() => {
  vi.useFakeTimers();
  send.mockReset();
  setSession({ socket: { send } } as unknown as Session);
});
afterEach(() => void vi.useRealTimers());

test("an answer is said at its first key, again while it is written, and once when it is sent", () => {
  const sign = new ComposingSign(EXAM);
  sign.onChange(true);
  expect(send.mock.calls).toEqual([[{ t: "composing", id: EXAM, open: true }]]);
  sign.onChange(true);
  expect(said()).toEqual([true]);
  vi.advanceTimersByTime(COMPOSING_EVERY);
  expect(said()).toEqual([true, true]);
  sign.onChange(false);
  vi.advanceTimersByTime(10 * COMPOSING_EVERY);
  expect(said()).toEqual([true, true, false]);
});

test("an answer that is left is not being written any more, until somebody goes on with it", () => {
  const sign = new ComposingSign(EXAM);
  sign.onChange(true);
  vi.advanceTimersByTime(20 * COMPOSING_EVERY);
  expect(said().at(-1)).toBe(false);
  expect(said().length).toBeLessThan(10);
  sign.onChange(true);
  expect(said().at(-1)).toBe(true);
  sign.stop();
});

test("a composer without a text says nothing, and nothing more when it is left", () => {
  const sign = new ComposingSign(EXAM);
  sign.onChange(false);
  sign.stop();
  expect(said()).toEqual([]);
});

test("the other one's sign goes when it is taken back, and fades when nothing more is heard", () => {
  const hear = (open: boolean) => late.composing?.({ t: "composing", id: EXAM, open });
  hear(true);
  expect(composingThreads.value.has(EXAM)).toBe(true);
  hear(false);
  expect(composingThreads.value.size).toBe(0);
  hear(true);
  vi.advanceTimersByTime(COMPOSING_EVERY + 1_000);
  expect(composingThreads.value.size).toBe(1);
  vi.advanceTimersByTime(COMPOSING_EVERY);
  expect(composingThreads.value.size).toBe(0);
});
