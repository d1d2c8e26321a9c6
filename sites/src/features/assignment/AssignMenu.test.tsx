// @vitest-environment happy-dom

import { cleanup, render, screen } from "@testing-library/preact";
import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { id, schoolRow } from "../../../testing/fixtures";
import { config } from "../../../testing/test-page";
import { ApiError } from "../../api/client";
import type { WorkerCard } from "../../api/types";
import { loadedNotes } from "../../sync/load-internal-notes";
import { internalNotes, internalNotesErrors, type Session, setSession, team } from "../../sync/store";
import { AssignMenu } from "./AssignMenu";

vi.mock("../../sync/account-module", () => ({ bindAccount: async () => undefined }));

const worker = (name: string, load: number): WorkerCard => ({
  id: name,
  name,
  email: "",
  joined: true,
  available: true,
  load,
  waiting: 0,
});
const TEAM = { workers: [worker("Walt", 0), worker("Wanda", 5), worker("Will", 3)], most: 5 };
const PAST = [
  { as: "assigned", seq: 1, at: 1, worker: "Wanda" },
  { as: "assigned", seq: 2, at: 2, worker: "Walt" },
  { as: "school_note", seq: 3, at: 3, author: "Walt", text: "The messages tell me who asked.", key: null },
  { as: "assigned", seq: 4, at: 3, worker: null },
];
let readNotes: () => Promise<unknown>;
const asked = vi.fn();

beforeEach(() => {
  asked.mockReset();
  internalNotes.value = new Map();
  internalNotesErrors.value = new Map();
  loadedNotes.value = new Set();
  team.value = TEAM;
  const call = async (name: string) => {
    asked(name);
    return name === "listWorkers" ? TEAM : readNotes();
  };
  const socket = { reconnect: vi.fn(), state: signal("open"), isReachable: signal(true) };
  setSession({ config, socket, call } as unknown as Session);
});
afterEach(cleanup);

const draw = (overrides = {}) => render(<AssignMenu row={schoolRow("exam", 1, overrides)} choose={() => undefined} />);
const items = () => screen.queryAllByRole("button").map((it) => it.querySelector(".menu-name")?.textContent);
const notes = () => screen.getAllByRole("button").map((it) => it.querySelector(".menu-note")?.textContent);

test("who had the thread comes first and who handed it back last, when the thread's past is loaded", async () => {
  let answer: (page: unknown) => void = () => undefined;
  readNotes = () => new Promise((resolve) => (answer = resolve));
  draw();
  expect(items()).toEqual([]); // nothing moves while a person chooses
  await vi.waitFor(() => expect(asked).toHaveBeenCalledWith("readNotes"));
  answer({ entries: PAST, next: null });
  await vi.waitFor(() => expect(items()).toEqual(["Wanda", "Will", "Walt"]));
  expect(notes()).toEqual([
    "Had this thread before · 5 open threads",
    "3 open threads",
    "Handed it back · 0 open threads",
  ]);
  expect(document.activeElement?.textContent).toContain("Wanda");
});

test("what is loaded already is not loaded again; a part of it, which frames told, is", async () => {
  readNotes = async () => ({ entries: PAST, next: null });
  internalNotes.value = new Map([[id("exam"), PAST.slice(3) as never]]);
  draw();
  await vi.waitFor(() => expect(items()).toEqual(["Wanda", "Will", "Walt"]));
  cleanup();
  asked.mockReset();
  draw();
  expect(items()).toEqual(["Wanda", "Will", "Walt"]);
  expect(asked.mock.calls).toEqual([["listWorkers"]]);
});

test("without the past the load alone decides, and the thread can be taken back meanwhile", async () => {
  let fail: (error: Error) => void = () => undefined;
  readNotes = () => new Promise((_, reject) => (fail = reject));
  draw({ worker: "Will" });
  expect(screen.getByRole("button", { name: "Take it back" })).toBeTruthy();
  await vi.waitFor(() => expect(asked).toHaveBeenCalledWith("readNotes"));
  fail(new ApiError(503, "busy", "Try again."));
  await vi.waitFor(() => expect(items()).toEqual(["Walt", "Will", "Wanda", undefined]));
});
