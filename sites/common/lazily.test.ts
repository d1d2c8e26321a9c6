import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { NoAnswer } from "./config";
import { MemoryStorage } from "./kit/browser";
import { lazily } from "./lazily";

const reload = vi.fn();
const missing = () => () => Promise.reject(new TypeError("Failed to fetch dynamically imported module"));
const reached = (yes: boolean) => vi.stubGlobal("fetch", async () => ({ ok: yes }));

beforeEach(() => {
  vi.stubGlobal("sessionStorage", new MemoryStorage());
  vi.stubGlobal("location", { reload });
  reached(true);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetAllMocks();
});

test("a part that comes is had", async () => {
  expect(await lazily(async () => "page")).toBe("page");
});

test("a part that did not come once is the network's matter, and the page stays", async () => {
  await expect(lazily(missing())).rejects.toThrow(NoAnswer);
  expect(reload).not.toHaveBeenCalled();
});

test("a part that does not come again, though the site can be reached, is had by loading the page anew, once", async () => {
  const load = missing();
  for (let time = 0; time < 4; time++) await expect(lazily(load)).rejects.toThrow(NoAnswer);
  expect(reload).toHaveBeenCalledOnce();
});

test("while the site cannot be reached the page stays", async () => {
  const load = missing();
  reached(false);
  for (let time = 0; time < 4; time++) await expect(lazily(load)).rejects.toThrow(NoAnswer);
  expect(reload).not.toHaveBeenCalled();
});

test("a page that would forget that it was loaded anew is not", async () => {
  const load = missing();
  vi.stubGlobal("sessionStorage", null);
  for (let time = 0; time < 4; time++) await expect(lazily(load)).rejects.toThrow(NoAnswer);
  expect(reload).not.toHaveBeenCalled();
});
