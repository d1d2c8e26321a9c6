import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { UnreachableError } from "../api/config";
import { MemoryStorage } from "../../testing/fake-browser";
import { lazyImport, SiteUpdatedError } from "./lazy-import";

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

test("a part that a new release does not have is told from a network that is away, and does not reload the page", async () => {
  await expect(lazyImport(missing())).rejects.toThrow(SiteUpdatedError);
  reached(false);
  await expect(lazyImport(missing())).rejects.toThrow(UnreachableError);
  expect(reload).not.toHaveBeenCalled();
});

test("a part that failed offline reloads the page once when the network is back, for the browser remembers the failure", async () => {
  const load = missing();
  reached(false);
  await expect(lazyImport(load)).rejects.toThrow(UnreachableError);
  reached(true);
  await expect(lazyImport(load)).rejects.toThrow(SiteUpdatedError);
  expect(reload).toHaveBeenCalledOnce();
});

test("every part of the site is loaded by lazyImport, with a function that stays the same", () => {
  const sources = import.meta.glob<string>(["../../{apps,src}/**/*.{ts,tsx}"], {
    query: "?raw",
    import: "default",
    eager: true,
  });
  const importing = Object.entries(sources).filter(
    ([path, text]) => !path.includes(".test.") && /[^.\w]import\(/.test(text),
  );
  const bare = importing.filter(
    ([, text]) => !/lazyPage\(|lazyPart\(|homePage\(|lazyThread\(|lazyImport\((import|load)\w+\)/.test(text),
  );
  expect(importing.length).toBeGreaterThan(5);
  expect(bare.map(([path]) => path)).toEqual([]);
});

test("a part that fails again although the site can be reached reloads the page once", async () => {
  const load = missing();
  for (let time = 0; time < 4; time++) await expect(lazyImport(load)).rejects.toThrow(SiteUpdatedError);
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
  for (let time = 0; time < 4; time++) await expect(lazyImport(load)).rejects.toThrow(SiteUpdatedError);
  expect(reload).not.toHaveBeenCalled();
});
