// @vitest-environment happy-dom

import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { id, NOON, row, schoolRow } from "../../../testing/fixtures";
import { config } from "../../../testing/test-page";
import type { FoundThread } from "../../api/types";
import { route } from "../../browser/route";
import { openedPlace } from "../../sync/opened-place";
import { search, searchFor } from "../../sync/search";
import { applyFrame, clearThreads, type Session, setSession } from "../../sync/store";
import { ThreadSearch } from "./ThreadSearch";

vi.mock("../../sync/account-module", () => ({ bindAccount: async () => undefined }));

const call = vi.fn();
const exam = row("exam", 3, { subject: "The exam" });
const found: FoundThread = {
  thread: { row: exam, read: 0, snooze: null },
  texts: [
    { seq: 2, at: NOON, side: "school", text: "…the EXAM is in room 12" },
    { seq: 3, at: NOON, side: "raiser", text: "Which exam?" },
  ],
  more: true,
};

beforeEach(() => {
  vi.useFakeTimers();
  call.mockReset();
  setSession({ config, call, socket: { isReachable: signal(true) } } as unknown as Session);
  clearThreads();
  route.value = { page: "threads", id: "" };
});

afterEach(() => {
  cleanup();
  searchFor({ shelf: "raised", text: "", state: "", days: 0 });
  vi.useRealTimers();
});

const field = () => screen.getByRole<HTMLInputElement>("searchbox", { name: "Search threads" });
const status = () => screen.getByRole("status").textContent;
const links = () => screen.getAllByRole("link");

const pause = () => act(async () => void (await vi.advanceTimersByTimeAsync(250)));

async function type(text: string) {
  await act(() => void fireEvent.input(field(), { target: { value: text } }));
  await pause();
}

async function start(...pages: object[]) {
  for (const page of pages) call.mockResolvedValueOnce({ found: [], people: [], until: null, next: null, ...page });
  applyFrame({ t: "row", row: row("exam", 1) });
  render(<ThreadSearch />);
  await type("Exam");
}

test("who has no thread has no search", () => {
  render(<ThreadSearch />);
  expect(screen.queryByRole("searchbox")).toBeNull();
});

test("what is found says where, who and when, with the words marked", async () => {
  await start({ found: [found] });
  expect(status()).toBe("1 thread found");
  const marks = [...document.querySelectorAll(".search-results mark")].map((mark) => mark.textContent);
  expect(marks).toEqual(["exam", "EXAM", "exam"]);
  expect(links().map((link) => link.querySelector(".row-name")?.textContent)).toEqual([
    "The school",
    "The school",
    "You",
  ]);
  expect(screen.getByText("More in this thread")).toBeTruthy();
});

test("a link opens the thread at the message, with no word in the address", async () => {
  await start({ found: [found] });
  fireEvent.click(links()[1] as HTMLElement);
  expect(openedPlace.value).toEqual({ id: id("exam"), seq: 2, isNote: false, text: "Exam" });
  expect(links()[1]?.getAttribute("href")).toBe(`#/threads/${id("exam")}`);
  await act(() => void (route.value = { page: "threads", id: id("exam") }));
  expect(links().map((link) => link.getAttribute("aria-current"))).toEqual([null, "page", null]);
});

test("nothing found is said, with what to try", async () => {
  await start({});
  expect(status()).toBe("No thread has “Exam”.");
  expect(screen.queryByRole("link")).toBeNull();
});

test("while it searches it can be stopped, and it says how far it came", async () => {
  call.mockImplementationOnce(async () => ({ found: [found], people: [], until: NOON, next: "a" }));
  call.mockImplementation(() => new Promise(() => undefined));
  await start();
  expect(status()).toBe("");
  await act(() => void fireEvent.click(screen.getByRole("button", { name: "Stop" })));
  expect(status()).toBe("1 thread found");
  expect(screen.getByText(/Searched back to/)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Search older threads" })).toBeTruthy();
});

test("a failure is said, and can be tried again", async () => {
  call.mockRejectedValueOnce(new Error("no answer"));
  await start({ found: [found] });
  expect(screen.getByRole("alert").textContent).toMatch(/^The search stopped\./);
  await act(() => void fireEvent.click(screen.getByRole("button", { name: "Try again" })));
  await pause();
  expect(links()).toHaveLength(3);
});

test("an input method that composes searches for nothing until it is done", async () => {
  await start({});
  call.mockReset().mockResolvedValue({ found: [], people: [], until: null, next: null });
  await act(() => void fireEvent.input(field(), { target: { value: "xuesh" }, isComposing: true }));
  await pause();
  expect(call).not.toHaveBeenCalled();
  await act(() => void fireEvent.compositionEnd(field(), { target: { value: "学生" } }));
  await pause();
  expect(call.mock.calls[0]?.[1]).toMatchObject({ words: "学生" });
});

test("the arrow leads into the results, and Escape clears the field", async () => {
  await start({ found: [found] });
  fireEvent.keyDown(field(), { key: "ArrowDown" });
  expect(document.activeElement).toBe(links()[0]);
  await act(() => void fireEvent.keyDown(field(), { key: "Escape" }));
  expect([field().value, search.value]).toEqual(["", null]);
});

test("a search is narrowed by state and time", async () => {
  await start({}, {}, {});
  await act(() => void fireEvent.change(screen.getByLabelText("Which threads"), { target: { value: "terminated" } }));
  await pause();
  expect(call.mock.calls[1]?.[1]).toMatchObject({ state: "terminated" });
  await act(() => void fireEvent.change(screen.getByLabelText("Last activity"), { target: { value: "7" } }));
  await pause();
  expect(call.mock.calls[2]?.[1]).toMatchObject({ state: "terminated", since: expect.any(Number) as number });
});

test("who leaves the page leaves the search", async () => {
  await start({ found: [found] });
  await act(() => cleanup());
  await pause();
  expect(search.value).toBeNull();
});

test("a thread that is found by the address of whoever asked says so", async () => {
  const shown = schoolRow("exam", 3, { subject: "My grade" });
  const uma = { id: shown.owner, kind: "user", name: "Uma Petrov", email: "uma@uni.example" };
  const page = { found: [{ thread: { row: shown, read: 0, snooze: null }, texts: [], more: false }], people: [uma] };
  route.value = { page: "inbox", id: "" };
  applyFrame({ t: "row", row: shown });
  call.mockResolvedValueOnce({ until: null, next: null, ...page });
  setSession({
    config: { ...config, site: "school" },
    call,
    socket: { isReachable: signal(true) },
  } as unknown as Session);
  render(<ThreadSearch />);
  await type("uni.example");
  expect(links()[0]?.querySelector("mark")?.textContent).toBe("uni.example");
});
