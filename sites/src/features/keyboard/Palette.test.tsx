// @vitest-environment happy-dom

import { signal } from "@preact/signals";
import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { id, row, schoolRow } from "../../../testing/fixtures";
import { config } from "../../../testing/test-page";
import { route } from "../../browser/route";
import { singleKeys } from "../../browser/single-keys";
import { localNamespace } from "../../browser/storage";
import { theme } from "../../browser/theme";
import { addPeople, addSchools, applyFrame, clearThreads, type Session, setSession } from "../../sync/store";
import { Overlay, overlay } from "../../ui/Overlay";
import { keepFocus } from "../../ui/keep-focus";
import { Keyboard } from "./Keyboard";

keepFocus();
const call = vi.fn();
const clicked = vi.fn();

beforeEach(() => {
  singleKeys.value = true;
  location.hash = "";
  route.value = { page: "inbox", id: "" };
  const socket = { state: signal("open"), isReachable: signal(true) };
  setSession({ config: { ...config, site: "school" }, socket, call } as unknown as Session);
  call.mockImplementation(async (_: string, { find = "" }: { find?: string }) => ({
    schools: [{ id: id("arts"), name: `School of ${find}`, about: "", picture: "", takes: true }],
    next: null,
  }));
});
afterEach(() => {
  overlay.value = null;
  cleanup();
  clearThreads();
  vi.clearAllMocks();
});

function Page() {
  return (
    <>
      <nav class="tabs">
        <a href="#/inbox" aria-current="page" aria-label="Inbox">
          Inbox
        </a>
        <a href="#/workers" aria-label="Workers">
          Workers
        </a>
        <a href="#/schools" class="tab tab-schools" aria-label="Other schools">
          Other schools
        </a>
      </nav>
      <main>
        <button type="button" onClick={clicked}>
          About this thread
        </button>
        <button type="button" aria-keyshortcuts="o" onClick={clicked}>
          With Wanda
        </button>
        <button type="button" disabled>
          Send
        </button>
        <div role="log">
          <button type="button">Show all</button>
        </div>
      </main>
      <Keyboard />
      <Overlay />
    </>
  );
}

const field = () => screen.getByRole<HTMLInputElement>("combobox");
const options = () => screen.queryAllByRole("option").map((option) => option.textContent);
const chosen = () => screen.getByRole("option", { selected: true }).textContent;
const type = (text: string) => fireEvent.input(field(), { target: { value: text } });
const press = (key: string, more = {}) => fireEvent.keyDown(field(), { key, ...more });
const isOpen = () => screen.queryByRole("combobox") !== null;

function open(): void {
  render(<Page />);
  screen.getByRole("button", { name: "About this thread" }).focus();
  void act(() => void fireEvent.keyDown(document.activeElement as Element, { key: "k", ctrlKey: true }));
}

function fill(): void {
  addPeople([{ id: id("uma"), name: "Uma Petrov", email: "uma@uni.example", kind: "user" } as never]);
  addSchools([{ id: id("law"), name: "École de droit", about: "", picture: "", takes: true } as never]);
  applyFrame({ t: "row", row: schoolRow("fee", 1, { subject: "My résumé", at: 2 }) });
  applyFrame({ t: "row", row: row("exam", 1, { subject: "Exam room", at: 1 }) });
}

test("offers what can be done on the page with its key, the other pages, the threads and the settings", () => {
  fill();
  open();
  expect(options()).toEqual([
    "Give to a workerO",
    "About this thread",
    "Workers",
    "Other schools",
    "My résuméUma Petrov",
    "Exam roomÉcole de droit",
    "Keyboard shortcuts?",
    "Appearance: Match this device",
    "Appearance: Light",
    "Appearance: Dark",
    "Sign out",
  ]);
  expect(call).not.toHaveBeenCalled();
});

test.each([
  ["resume", ["My résuméUma Petrov"]],
  ["petrov my", ["My résuméUma Petrov"]],
  ["ECOLE", ["Exam roomÉcole de droit"]],
  ["dark", ["Appearance: Dark"]],
])("finds %s by its words, whatever their order, accents and capitals", (text, found) => {
  fill();
  open();
  type(text);
  expect(options()).toEqual(found);
});

test("says that nothing matches", () => {
  open();
  type("qqq");
  expect([options(), screen.getByText(/^Nothing matches .qqq.\./).getAttribute("role")]).toEqual([[], "status"]);
  press("Enter");
  expect(isOpen()).toBe(true);
});

test("the schools are those that the server finds", async () => {
  open();
  type("Art");
  await waitFor(() => expect(options()).toEqual(["School of Art"]));
  expect(call.mock.calls).toEqual([["listSchools", { after: null, find: "Art" }]]);
  press("Enter");
  await waitFor(() => expect(location.hash).toBe(`#/schools/${id("arts")}`));
});

test("arrows choose, from the last to the first too, and the field says which", () => {
  open();
  const all = options();
  expect(chosen()).toBe(all[0]);
  press("ArrowDown");
  expect(chosen()).toBe(all[1]);
  press("ArrowUp");
  press("ArrowUp");
  expect(chosen()).toBe(all.at(-1));
  expect(document.getElementById(field().getAttribute("aria-activedescendant") ?? "")?.textContent).toBe(all.at(-1));
  type("work");
  expect(chosen()).toBe("Give to a workerO");
});

test("Enter does what is chosen after the focus is back where it was", async () => {
  open();
  clicked.mockImplementation(() => expect(document.activeElement?.textContent).toBe("About this thread"));
  press("Enter", { isComposing: true });
  expect(isOpen()).toBe(true);
  press("Enter");
  await waitFor(() => expect(clicked).toHaveBeenCalledOnce());
  expect(isOpen()).toBe(false);
});

test("a click does what it is on", async () => {
  open();
  fireEvent.click(screen.getByRole("option", { name: "Appearance: Dark" }));
  await waitFor(() => expect(theme.value).toBe("dark"));
  theme.value = "auto";
});

test("opens a thread in the list that it is in", async () => {
  fill();
  open();
  type("exam");
  press("Enter");
  await waitFor(() => expect(location.hash).toBe(`#/raised/${id("exam")}`));
});

test("Ctrl-K closes it too, and does not open it over a question", () => {
  open();
  void act(() => void press("k", { ctrlKey: true }));
  expect(isOpen()).toBe(false);
  void act(() => void (overlay.value = <dialog open>Sure?</dialog>));
  void act(() => void fireEvent.keyDown(document.body, { key: "k", ctrlKey: true }));
  expect(isOpen()).toBe(false);
});

test("the list of keys is of this page, and has the switch, which turns single keys off for this browser", () => {
  fill();
  document.body.insertAdjacentHTML(
    "beforeend",
    `<section class="list-pane"><a class="thread-row" href="#/inbox/${id("fee")}">fee</a></section>`,
  );
  open();
  type("shortcuts");
  press("Enter");
  return waitFor(() => {
    const keys = () => [...document.querySelectorAll(".key")].map((key) => key.textContent);
    const all = ["J", "K", "Enter", "Esc", "R", "O", "T", "E", "N", "/", "Ctrl K", "?"];
    expect(keys()).toEqual(all);
    const own = screen.getByRole<HTMLInputElement>("switch", { name: "Single-key shortcuts" });
    void act(() => own.click());
    expect(keys()).toEqual(["Enter", "Esc", "Ctrl K"]);
    expect([own.checked, localNamespace("uconnect").stored("keys")]).toEqual([false, "off"]);
    void act(() => own.click());
    expect([keys().length, localNamespace("uconnect").stored("keys")]).toEqual([all.length, null]);
    document.querySelector(".list-pane")?.remove();
  });
});
