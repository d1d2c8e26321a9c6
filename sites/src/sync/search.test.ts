import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { id, NOON, row } from "../../testing/fixtures";
import type { Answer } from "../api/types";

vi.mock("./account-module", () => ({ bindAccount: async () => undefined }));

type Page = Answer<"searchThreads">;
const call = vi.fn<(name: string, input: Record<string, unknown>) => Promise<Page>>();

async function open() {
  vi.resetModules();
  const store = await import("./store");
  const module = await import("./search");
  const { openedPlace } = await import("./opened-place");
  const { ApiError, NetworkError } = await import("../api/client");
  call.mockReset();
  store.setSession({ call, socket: { isReachable: signal(true) } } as unknown as import("./store").Session);
  return { ...store, ...module, openedPlace, ApiError, NetworkError };
}

let page: Awaited<ReturnType<typeof open>>;
beforeEach(async () => {
  vi.useFakeTimers({ now: NOON });
  page = await open();
});
afterEach(() => void vi.useRealTimers());

const found = (name: string, ...texts: string[]): Page["found"][number] => ({
  thread: { row: row(name, 3), read: 0, snooze: null },
  texts: texts.map((text, at) => ({ seq: at + 1, at: NOON, side: "raiser", text })),
  more: false,
});
const answer = (names: string[], next: string | null = null): Page => ({
  found: names.map((name) => found(name)),
  people: [],
  until: next === null ? null : NOON,
  next,
});
const query = { shelf: "raised", text: "exam", state: "", days: 0 } as const;
const ids = () => page.search.value?.found.map(({ thread }) => thread.row.id);
const settle = () => vi.advanceTimersByTimeAsync(250);

test("a pause in typing begins a search, and each text but the last is never asked for", async () => {
  call.mockResolvedValue(answer(["one"]));
  for (const text of ["e", "ex", "exam"]) page.searchFor({ ...query, text });
  expect(call).not.toHaveBeenCalled();
  await settle();
  expect(call.mock.calls).toEqual([["searchThreads", { shelf: "raised", words: "exam", schools: [] }]]);
  expect(ids()).toEqual([id("one")]);
  expect(page.search.value?.phase).toBe("ended");
});

test("it goes on with older threads until all are looked through", async () => {
  call.mockResolvedValueOnce(answer(["one"], "a")).mockResolvedValueOnce(answer([], "b"));
  call.mockResolvedValueOnce(answer(["two"]));
  page.searchFor(query);
  await settle();
  expect(call.mock.calls.map(([, input]) => input["before"])).toEqual([undefined, "a", "b"]);
  expect(ids()).toEqual([id("one"), id("two")]);
});

test("it waits when there is enough to read, and goes on when it is asked to", async () => {
  const many = Array.from({ length: 40 }, (_, n) => `t${n}x`);
  call.mockResolvedValueOnce(answer(many, "a")).mockResolvedValueOnce(answer(["last"]));
  page.searchFor(query);
  await settle();
  expect([page.search.value?.phase, page.search.value?.until, call.mock.calls.length]).toEqual(["waiting", NOON, 1]);
  page.searchOn();
  await settle();
  expect([page.search.value?.phase, ids()?.length]).toEqual(["ended", 41]);
});

test("an answer to an earlier text is dropped", async () => {
  let arrive: (page: Page) => void = () => undefined;
  call.mockReturnValueOnce(new Promise((resolve) => (arrive = resolve))).mockResolvedValueOnce(answer(["new"]));
  page.searchFor(query);
  await settle();
  page.searchFor({ ...query, text: "room" });
  await settle();
  arrive(answer(["old"], "a"));
  await settle();
  expect([ids(), call.mock.calls.length]).toEqual([[id("new")], 2]);
});

test("one that is stopped asks no more, and keeps what it found", async () => {
  call.mockResolvedValueOnce(answer(["one"], "a")).mockImplementation(() => new Promise(() => undefined));
  page.searchFor(query);
  await settle();
  page.stopSearch();
  await settle();
  expect([page.search.value?.phase, ids(), call.mock.calls.length]).toEqual(["waiting", [id("one")], 2]);
});

test("an empty text ends it, and the marks", async () => {
  call.mockResolvedValue(answer(["one"], "a"));
  page.searchFor(query);
  page.openedPlace.value = { id: id("one"), seq: 1, isNote: false, text: "exam" };
  page.searchFor({ ...query, text: "" });
  await settle();
  expect([page.search.value, page.openedPlace.value, call.mock.calls.length]).toEqual([null, null, 0]);
});

test("a failure is said, and the search goes on where it stopped", async () => {
  call.mockResolvedValueOnce(answer(["one"], "a")).mockRejectedValueOnce(new page.NetworkError(true));
  call.mockResolvedValueOnce(answer(["two"]));
  page.searchFor(query);
  await settle();
  expect([page.search.value?.phase, ids()]).toEqual(["failed", [id("one")]]);
  expect(page.search.value?.error).toMatch(/^uconnect could not be reached/);
  page.searchOn();
  await settle();
  expect(ids()).toEqual([id("one"), id("two")]);
  expect(call.mock.calls.map(([, input]) => input["before"])).toEqual([undefined, "a", "a"]);
});

test("a first answer that fails leaves nothing of an earlier text", async () => {
  call.mockResolvedValueOnce(answer(["one"])).mockRejectedValueOnce(new page.NetworkError(false));
  page.searchFor(query);
  await settle();
  page.searchFor({ ...query, text: "room" });
  expect(ids()).toEqual([id("one")]);
  await settle();
  expect([page.search.value?.phase, ids()]).toEqual(["failed", []]);
});

test("where the server slows it down, it waits and asks the same again", async () => {
  call.mockRejectedValueOnce(new page.ApiError(429, "too_fast", "Slower")).mockResolvedValueOnce(answer(["one"]));
  page.searchFor(query);
  await settle();
  expect(page.search.value?.phase).toBe("searching");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(ids()).toEqual([id("one")]);
});

test("a thread that is found in parts is one", async () => {
  const part = (text: string, next: string | null): Page => ({ ...answer([], next), found: [found("one", text)] });
  call.mockResolvedValueOnce(part("first", "a")).mockResolvedValueOnce(part("second", null));
  page.searchFor(query);
  await settle();
  expect(page.search.value?.found.map(({ texts }) => texts.map(({ text }) => text))).toEqual([["first", "second"]]);
});

test("it is narrowed by state and time, and tells the names of the schools that were asked", async () => {
  page.applyFrame({ t: "row", row: row("one", 1) });
  page.schools.value = new Map(
    ["law", "arts"].map((name) => [id(name), { id: id(name), name } as import("../api/types").DirectoryCard]),
  );
  call.mockResolvedValue(answer([]));
  page.searchFor({ ...query, state: "open", days: 7 });
  await settle();
  const [, input] = call.mock.calls[0] ?? [];
  expect(input).toMatchObject({ state: "open", schools: [{ id: id("law"), name: "law" }] });
  expect(NOON - Number(input?.["since"])).toBeCloseTo(7 * 86_400_000, -4);
  page.searchFor({ ...query, shelf: "received" });
  await settle();
  expect(call.mock.calls[1]?.[1]).toEqual({ shelf: "received", words: "exam" });
});

test("a thread that was taken away since is there no longer, until it is given again", () => {
  const one = found("one");
  expect(page.isStillThere(one)).toBe(true);
  page.applyFrame({ t: "gone", id: id("one"), rev: 4 });
  expect(page.isStillThere(one)).toBe(false);
});
