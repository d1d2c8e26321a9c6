import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { UnreachableError } from "../api/config";
import { MemoryStorage } from "../../testing/fake-browser";
import { lazyImport } from "./lazy-import";

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

test("a part that loads is returned", async () => {
  expect(await lazyImport(async () => "page")).toBe("page");
});

test("a part that fails to load once does not reload the page", async () => {
  await expect(lazyImport(missing())).rejects.toThrow(UnreachableError);
  expect(reload).not.toHaveBeenCalled();
});

test("a part that fails again although the site can be reached reloads the page once", async () => {
  const load = missing();
  for (let time = 0; time < 4; time++) await expect(lazyImport(load)).rejects.toThrow(UnreachableError);
  expect(reload).toHaveBeenCalledOnce();
});

test("the page is not reloaded while the site cannot be reached", async () => {
  const load = missing();
  reached(false);
  for (let time = 0; time < 4; time++) await expect(lazyImport(load)).rejects.toThrow(UnreachableError);
  expect(reload).not.toHaveBeenCalled();
});

test("a page that cannot store that it was reloaded is not reloaded", async () => {
  const load = missing();
  vi.stubGlobal("sessionStorage", null);
  for (let time = 0; time < 4; time++) await expect(lazyImport(load)).rejects.toThrow(UnreachableError);
  expect(reload).not.toHaveBeenCalled();
});
