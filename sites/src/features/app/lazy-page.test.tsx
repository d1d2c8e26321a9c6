// @vitest-environment happy-dom

import { act, cleanup, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { loadCount } from "../../sync/store";
import { lazyPart } from "./lazy-page";

const Part = ({ text }: { text: string }) => <p>{text}</p>;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
  loadCount.value = 0;
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  loadCount.value = 0;
});

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms).then(() => undefined));

test("a part is loaded after the lists, once, and shows what it is given", async () => {
  const load = vi.fn(() => Promise.resolve(Part));
  const Later = lazyPart(load);
  render(<Later text="Here" />);
  expect(load).not.toHaveBeenCalled();
  await act(() => void (loadCount.value = 1));
  await pass(0);
  expect(screen.getByText("Here")).toBeTruthy();
  await act(() => void (loadCount.value = 2));
  await pass(2_000);
  expect(load).toHaveBeenCalledOnce();
});

test("if the lists are late it does not wait for them", async () => {
  const Later = lazyPart(() => Promise.resolve(Part));
  render(<Later text="Here" />);
  await pass(900);
  expect(screen.queryByText("Here")).toBeNull();
  await pass(200);
  expect(screen.getByText("Here")).toBeTruthy();
});

test("a part that could not be loaded is loaded after the next connection", async () => {
  const load = vi.fn(() => Promise.resolve(Part)).mockRejectedValueOnce(new TypeError("no network"));
  const Later = lazyPart(load);
  render(<Later text="Here" />);
  await act(() => void (loadCount.value = 1));
  await pass(0);
  expect(screen.queryByText("Here")).toBeNull();
  await act(() => void (loadCount.value = 2));
  await pass(0);
  expect(screen.getByText("Here")).toBeTruthy();
});
