import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { id } from "../../testing/fixtures";
import { changeQuery, href, watchHash, navigate, openThreadId, parseRoute, route } from "./route";

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
  ["#/threads?show=new", { page: "threads", id: "", query: "show=new" }],
  [`#/threads/${id("law")}?show=worker&worker=w`, { page: "threads", id: id("law"), query: "show=worker&worker=w" }],
  ["#/threads?<b>", { page: "threads", id: "" }],
  ["#/nowhere", { page: "threads", id: "" }],
  [`#/nowhere/${id("law")}`, { page: "threads", id: "" }],
  ["#/threads/short", { page: "threads", id: "" }],
  ["#/threads/<script>alert(1)</script>x", { page: "threads", id: "" }],
])("the address %o leads to a known page", (hash, want) => {
  expect(parseRoute(hash, PAGES)).toEqual(want);
});

test("the address of a route leads back to that route", () => {
  for (const there of [
    { page: "schools", id: "" },
    { page: "threads", id: id("exam") },
  ])
    expect(parseRoute(href(there.page, there.id), PAGES)).toEqual(there);
});

test("the route follows the address, and changes only when the page changes", () => {
  watchHash(PAGES);
  expect(route.value).toEqual({ page: "threads", id: "" });
  navigate("schools", id("law"));
  window.dispatchEvent(new Event("hashchange"));
  const there = route.value;
  expect(there).toEqual({ page: "schools", id: id("law") });
  location.hash += "/more";
  window.dispatchEvent(new Event("hashchange"));
  expect(route.value).toBe(there);
});

test("the id of a school is not the id of an open thread", () => {
  watchHash(PAGES);
  route.value = { page: "schools", id: id("law") };
  expect(openThreadId.value).toBe("");
  route.value = { page: "threads", id: id("exam") };
  expect(openThreadId.value).toBe(id("exam"));
});

test("replacing a page leaves no step in the history", () => {
  navigate("threads", "", { replace: true });
  expect(location.replaced).toEqual(["#/threads"]);
  expect(location.hash).toBe("");
});

test("a link to a page leads to it as it was left: with its filter", () => {
  watchHash(PAGES);
  const visit = (hash: string) => {
    location.hash = hash;
    window.dispatchEvent(new Event("hashchange"));
  };
  visit("#/threads?show=new");
  visit("#/schools");
  expect(href("threads")).toBe("#/threads?show=new");
  expect(href("threads", id("exam"))).toBe(`#/threads/${id("exam")}?show=new`);
  expect(href("schools")).toBe("#/schools");
  visit("#/threads");
  expect(href("threads")).toBe("#/threads");
});

test("a page changes a part of what it keeps in the address, and leaves no step in the history", () => {
  watchHash(PAGES);
  const change = (changes: Record<string, string>) => {
    changeQuery(changes);
    location.hash = location.replaced.at(-1) ?? "";
    window.dispatchEvent(new Event("hashchange"));
    return location.hash;
  };
  location.hash = "#/threads";
  window.dispatchEvent(new Event("hashchange"));
  expect(change({ sort: "newest" })).toBe("#/threads?sort=newest");
  expect(change({ show: "new", worker: "" })).toBe("#/threads?sort=newest&show=new");
  expect(change({ sort: "" })).toBe("#/threads?show=new");
  expect(change({ show: "" })).toBe("#/threads");
});
