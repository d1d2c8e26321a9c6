// @vitest-environment happy-dom

import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { id } from "../../../testing/fixtures";
import { config } from "../../../testing/test-page";
import { ApiError } from "../../api/client";
import { internalNotes, internalNotesErrors, type Session, setSession } from "../../sync/store";
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
