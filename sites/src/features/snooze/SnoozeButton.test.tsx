// @vitest-environment happy-dom

import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { id, schoolRow } from "../../../testing/fixtures";
import { config } from "../../../testing/test-page";
import type { SchoolRow } from "../../api/protocol";
import { now } from "../../browser/server-clock";
import { applyFrame, clearThreads, isLoaded, me, type Session, setSession, thread } from "../../sync/store";
import type { Me } from "../../api/types";
import { toasts } from "../../ui/toast";
import { SnoozeButton } from "./SnoozeButton";

vi.mock("../../sync/account-module", () => ({ bindAccount: async () => undefined }));

const HOUR = 3_600_000;
const call = vi.fn();

/** The server tells each change of a snooze by a frame. */
function answer(operation: string, body: { until?: number }) {
  if (operation === "listThreads") return Promise.resolve({ threads: [], people: [], next: null });
  const rev = (thread(id("fee")).snooze?.rev ?? 0) + 1;
  applyFrame({ t: "snoozed", id: id("fee"), snooze: { rev, until: body.until ?? null, theirs: 1 } });
  return Promise.resolve({});
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-12-02T08:00:00Z"), toFake: ["Date", "setTimeout", "clearTimeout"] });
  call.mockReset().mockImplementation(answer);
  clearThreads();
  setSession({ config, call, shelves: ["received"], socket: { reconnect: vi.fn() } } as unknown as Session);
  isLoaded.value = true;
  me.value = { card: { zone: "UTC" } } as unknown as Me;
  applyFrame({ t: "row", row: schoolRow("fee", 1) });
  render(<Shown />);
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  toasts.value = [];
});

const Shown = () => <SnoozeButton row={thread(id("fee")).row as SchoolRow} />;
const button = () => screen.getByRole("button", { expanded: false });
const choose = async (name: RegExp) => {
  void act(() => button().click());
  const item = await screen.findByRole("button", { name });
  await act(() => item.click());
};
const calls = () => call.mock.calls.filter(([operation]) => operation !== "listThreads");

test("its key is shown, and the menu offers the usual times", async () => {
  expect(button().getAttribute("aria-keyshortcuts")).toBe("e");
  void act(() => button().click());
  const menu = await screen.findByRole("group", { name: "Snooze until" });
  await waitFor(() => expect(document.activeElement?.textContent).toContain("Later today"));
  expect([...menu.querySelectorAll("button")].map(({ textContent }) => textContent)).toEqual([
    "Later todayWed 11:00 AM",
    "Tomorrow morningThu 8:00 AM",
    "Monday morningMon 8:00 AM",
    "Choose a day…",
    "No answer neededuntil they write",
  ]);
});

test("a thread is put off, and this can be undone", async () => {
  await choose(/Later today/);
  expect(calls()).toEqual([["snoozeThread", { until: now() + 3 * HOUR }, id("fee")]]);
  expect(button().textContent).toBe("Snoozed");
  const [{ text, action } = {}] = toasts.value;
  expect(text).toBe("Snoozed until Wed, Dec 2, 11:00 AM");
  await act(() => action?.run());
  expect(calls().at(-1)).toEqual(["wakeThread", {}, id("fee")]);
  expect(button().textContent).toBe("Snooze");
});

test("one that needs no answer stays away until they write", async () => {
  await choose(/No answer needed/);
  expect(calls()).toEqual([["snoozeThread", { until: 0 }, id("fee")]]);
  expect(button().textContent).toBe("Snoozed");
  void act(() => applyFrame({ t: "row", row: schoolRow("fee", 2, { theirs: 2 }) }));
  expect(button().textContent).toBe("Snooze");
});

test("a snoozed one says until when, and is brought back", async () => {
  await choose(/Monday/);
  await choose(/Bring it back now/);
  expect(screen.queryByRole("group")).toBeNull();
  expect(calls().at(-1)).toEqual(["wakeThread", {}, id("fee")]);
});

test("an undo returns to what it was before", async () => {
  await choose(/Monday/);
  const { until } = calls()[0]?.[1] as { until: number };
  await choose(/No answer needed/);
  await act(() => toasts.value.at(-1)?.action?.run());
  expect(calls().at(-1)).toEqual(["snoozeThread", { until }, id("fee")]);
});

test("a day is chosen in a dialog", async () => {
  await choose(/Choose a day/);
  const field = await screen.findByLabelText<HTMLInputElement>("Day it comes back");
  expect([field.min, field.max]).toEqual(["2026-12-03", "2027-12-02"]);
  fireEvent.input(field, { target: { value: "2026-12-24" } });
  await act(() => void fireEvent.submit(field.closest("form") as HTMLFormElement));
  await waitFor(() => expect(calls()).toEqual([["snoozeThread", { until: Date.UTC(2026, 11, 24, 8) }, id("fee")]]));
});

test("it comes back in time although no frame says so", async () => {
  await choose(/Later today/);
  await act(async () => void (await vi.advanceTimersByTimeAsync(3 * HOUR + 1)));
  expect(button().textContent).toBe("Snooze");
});

test("a thread that has ended is not snoozed", () => {
  void act(() => applyFrame({ t: "row", row: schoolRow("fee", 2, { state: "terminated" }) }));
  expect(screen.queryByRole("button")).toBeNull();
});
