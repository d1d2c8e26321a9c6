// @vitest-environment happy-dom

import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { id } from "../../../testing/fixtures";
import { config } from "../../../testing/test-page";
import { ApiError } from "../../api/client";
import { storageNamespace } from "../../browser/storage";
import { MemoryStorage } from "../../../testing/fake-browser";
import type { Account } from "../../sync/account";
import { ReadingMarks } from "../../sync/reading-marks";
import { addAnnouncer } from "../../ui/announce";
import {
  account,
  addInternalEntries,
  internalNotes,
  internalNotesErrors,
  type Session,
  setSession,
} from "../../sync/store";
import { loadInternalNotes } from "../../sync/load-internal-notes";
import { Notes } from "./Notes";

const call = vi.fn();
const THREAD = id("thread");

beforeEach(() => {
  call.mockReset();
  const socket = { reconnect: vi.fn(), state: signal("open"), isReachable: signal(true) };
  setSession({ config, socket, call } as unknown as Session);
  internalNotes.value = new Map();
  internalNotesErrors.value = new Map();
});
afterEach(cleanup);

const draw = () => render(<Notes id={THREAD} audience="For your school." author={() => "Wendy"} />);
const note = { as: "school_note", seq: 1, at: 0, author: id("wendy"), text: "She asked twice.", key: null };

test("notes are loading, then there are none", async () => {
  draw();
  expect(screen.getByText("Loading notes")).toBeTruthy();
  call.mockResolvedValue({ entries: [], next: null });
  await loadInternalNotes(THREAD);
  await screen.findByText("No notes yet.");
});

test("notes that cannot be loaded say why, and can be tried again", async () => {
  draw();
  call.mockRejectedValueOnce(new ApiError(429, "too_fast", "Wait a moment."));
  await expect(loadInternalNotes(THREAD)).rejects.toThrow();
  await screen.findByRole("alert");
  expect(screen.queryByText("Loading notes")).toBeNull();
  call.mockResolvedValue({ entries: [note], next: null });
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  await screen.findByText("She asked twice.");
  expect(screen.queryByRole("alert")).toBeNull();
});

test("notes that are shown stay when they cannot be loaded again", async () => {
  draw();
  call.mockResolvedValueOnce({ entries: [note], next: null });
  await loadInternalNotes(THREAD);
  call.mockRejectedValueOnce(new ApiError(503, "busy", "Try again."));
  await expect(loadInternalNotes(THREAD)).rejects.toThrow();
  expect(screen.getByText("She asked twice.")).toBeTruthy();
  expect(screen.queryByRole("alert")).toBeNull();
});

test("a note of somebody else is new until it is shown, is read out once when it comes, and not when it was there", async () => {
  const marks = new ReadingMarks(id("school"), storageNamespace(new MemoryStorage(), "school:party"));
  const outbox = { items: signal([]), confirm: vi.fn() };
  const drafts = { get: () => ({ text: "", subject: "", conflicts: [] }) };
  document.body.replaceChildren();
  addAnnouncer(document.body);
  const heard = () => [...document.querySelectorAll(".announcer p")].map((line) => line.textContent);
  account.value = { marks, outbox, drafts } as unknown as Account;
  const own = { ...note, seq: 2, author: id("school"), text: "We know." } as never;
  addInternalEntries(THREAD, [note as never, own]);
  expect(marks.unseenNotes(THREAD, internalNotes.value.get(THREAD))).toHaveLength(1);
  draw();
  expect(document.querySelector(".new-note")?.closest("li")?.textContent).toContain("She asked twice.");
  await vi.waitFor(() => expect(marks.unseenNotes(THREAD, internalNotes.value.get(THREAD))).toEqual([]));
  expect(heard()).toEqual([]);
  await act(() => addInternalEntries(THREAD, [{ ...note, seq: 3, text: "Three times." } as never]));
  await vi.waitFor(() => expect(heard()).toEqual(["New note. Wendy: Three times."]));
  cleanup();
  draw();
  expect(document.querySelector(".new-note")).toBeNull();
  account.value = null;
});
