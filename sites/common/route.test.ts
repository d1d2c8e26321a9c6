import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { id } from "./kit/entries";
import { address, follow, go, openThread, parse, route } from "./route";

const PAGES = ["threads", "schools", "settings"];
let window: EventTarget;
let location: { hash: string; replaced: string[]; replace(to: string): void };

beforeEach(() => {
  window = new EventTarget();
  location = { hash: "", replaced: [], replace: (to) => void location.replaced.push(to) };
  vi.stubGlobal("addEventListener", window.addEventListener.bind(window));
  vi.stubGlobal("location", location);
});

afterEach(() => vi.unstubAllGlobals());

test.each([
  ["", { page: "threads", id: "" }],
  ["#/", { page: "threads", id: "" }],
  ["#/schools", { page: "schools", id: "" }],
  [`#/schools/${id("law")}`, { page: "schools", id: id("law") }],
  ["#/nowhere", { page: "threads", id: "" }],
  [`#/nowhere/${id("law")}`, { page: "threads", id: "" }],
  ["#/threads/short", { page: "threads", id: "" }],
  ["#/threads/<script>alert(1)</script>x", { page: "threads", id: "" }],
])("the address %o leads to a page that is there", (hash, want) => {
  expect(parse(hash, PAGES)).toEqual(want);
});

test("an address leads back to where it was taken from", () => {
  for (const there of [{ page: "schools", id: "" }, { page: "threads", id: id("exam") }])
    expect(parse(address(there.page, there.id), PAGES)).toEqual(there);
});

test("the route follows the address, and does not change where the page does not", () => {
  follow(PAGES);
  expect(route.value).toEqual({ page: "threads", id: "" });
  go("schools", id("law"));
  window.dispatchEvent(new Event("hashchange"));
  const there = route.value;
  expect(there).toEqual({ page: "schools", id: id("law") });
  location.hash += "/more";
  window.dispatchEvent(new Event("hashchange"));
  expect(route.value).toBe(there);
});

test("the school that is to be asked is no thread that is open", () => {
  follow(PAGES);
  route.value = { page: "schools", id: id("law") };
  expect(openThread.value).toBe("");
  route.value = { page: "threads", id: id("exam") };
  expect(openThread.value).toBe(id("exam"));
});

test("going in place of a page leaves no step back to it", () => {
  go("threads", "", { replace: true });
  expect(location.replaced).toEqual(["#/threads"]);
  expect(location.hash).toBe("");
});
