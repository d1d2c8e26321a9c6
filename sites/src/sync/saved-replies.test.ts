import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../api/client";
import type { SavedReplyList } from "../api/types";

vi.mock("./account-module", () => ({ bindAccount: async () => undefined }));

const call = vi.fn<() => Promise<SavedReplyList>>();

async function open() {
  vi.resetModules();
  const store = await import("./store");
  const module = await import("./saved-replies");
  const { refetch } = await import("./sync");
  call.mockReset();
  const socket = { reconnect: vi.fn(), isReachable: signal(true) };
  store.setSession({ call, socket } as unknown as import("./store").Session);
  return { ...store, ...module, refetch };
}

let page: Awaited<ReturnType<typeof open>>;
beforeEach(async () => void (page = await open()));
afterEach(() => void vi.restoreAllMocks());

const list = (...titles: string[]): SavedReplyList => ({
  replies: titles.map((title) => ({ id: title, folder: "", title, text: "Hello" })),
  most: 100,
});
const titles = () => page.savedReplies.value?.replies.map(({ title }) => title);
const settled = () => new Promise((resolve) => setTimeout(resolve));

test("they are loaded once, and again when the page has missed what changed", async () => {
  call.mockResolvedValue(list("One"));
  for (let times = 0; times < 3; times++) {
    page.ensureSavedReplies();
    await settled();
  }
  expect(call).toHaveBeenCalledTimes(1);
  page.loadCount.value += 1; // the connection was lost, and the lists were loaded again
  call.mockResolvedValue(list("One", "Two"));
  page.ensureSavedReplies();
  await settled();
  expect(titles()).toEqual(["One", "Two"]);
  expect(call).toHaveBeenCalledTimes(2);
});

test("they are loaded again when the server says that they have changed", async () => {
  call.mockResolvedValue(list("One"));
  await page.refetch("saved_replies");
  expect(titles()).toEqual(["One"]);
});

test("of two answers the last one asked for counts, whichever comes first", async () => {
  const answers: ((found: SavedReplyList) => void)[] = [];
  call.mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
  const loads = [page.loadSavedReplies(), page.loadSavedReplies()];
  answers[1]?.(list("New"));
  answers[0]?.(list("Old"));
  await Promise.all(loads);
  expect(titles()).toEqual(["New"]);
});

test("if they cannot be loaded, the page says why and keeps what it has", async () => {
  call.mockResolvedValueOnce(list("One"));
  await page.loadSavedReplies();
  call.mockRejectedValueOnce(new ApiError(429, "too_fast", "Wait a moment."));
  await expect(page.loadSavedReplies()).rejects.toThrow();
  expect(page.savedRepliesError.value).not.toBeNull();
  expect(titles()).toEqual(["One"]);
  call.mockResolvedValueOnce(list("Two"));
  await page.loadSavedReplies();
  expect([page.savedRepliesError.value, titles()]).toEqual([null, ["Two"]]);
});

test("a page that shows none does not load them", async () => {
  vi.resetModules();
  const { refetch } = await import("./sync"); // without the part that shows them
  await refetch("saved_replies");
  expect(call).not.toHaveBeenCalled();
});
