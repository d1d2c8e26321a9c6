// @vitest-environment happy-dom

import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test } from "vitest";
import { route, watchHash } from "../../browser/route";
import { addPage, clearLists, loadedList } from "../../sync/thread-lists";
import { pageCommands } from "../keyboard/commands";
import { SortSelect } from "./SortSelect";
import { sortInAddress } from "./sort-in-address";

const select = () => screen.getByRole<HTMLSelectElement>("combobox", { name: "Sort by" });
const options = () => [...select().options].map(({ text }) => text);
const choose = async (value: string) => {
  fireEvent.change(select(), { target: { value } });
  await act(() => void dispatchEvent(new Event("hashchange")));
};

beforeEach(() => {
  location.hash = "#/inbox";
  watchHash(["inbox"]);
});
afterEach(() => {
  cleanup();
  clearLists();
});

test("a mailbox offers its orders, its own one first, and what is chosen is in the address", async () => {
  render(<SortSelect shelf="received" />);
  expect(options()).toEqual(["Waiting longest", "Newest first", "Last activity"]);
  expect(select().value).toBe("waiting");
  await choose("newest");
  expect([location.hash, select().value]).toEqual(["#/inbox?sort=newest", "newest"]);
  expect(sortInAddress("received")).toBe("newest");
  await choose("waiting");
  expect([location.hash, sortInAddress("received")]).toEqual(["#/inbox", undefined]);
});

test("who asked is not offered what its list cannot be sorted by", () => {
  route.value = { page: "inbox", id: "", query: "sort=waiting" };
  render(<SortSelect shelf="raised" />);
  expect(options()).toEqual(["Last activity", "Newest first"]);
  expect(select().value).toBe("activity");
  expect(sortInAddress("raised")).toBeUndefined();
});

test("lists in the order that is left are dropped", async () => {
  addPage({ shelf: "handled", show: "open", sort: "newest" }, null, [], null);
  render(<SortSelect shelf="handled" />);
  await choose("activity");
  expect(loadedList({ shelf: "handled", show: "open", sort: "newest" })).toBeUndefined();
});

test("the palette offers the orders that are not chosen", () => {
  render(
    <div class="list-sort">
      <SortSelect shelf="received" />
    </div>,
  );
  Object.assign(HTMLElement.prototype, { checkVisibility: () => true });
  const commands = pageCommands();
  expect(commands.map(({ label }) => label)).toEqual(["Sort by: Newest first", "Sort by: Last activity"]);
  commands[1]?.run();
  expect(select().value).toBe("activity");
});
