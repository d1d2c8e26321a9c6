// @vitest-environment happy-dom

import { afterEach, beforeEach, expect, test } from "vitest";
import { id, schoolRow } from "../../../testing/fixtures";
import { MemoryStorage } from "../../../testing/fake-browser";
import type { Me } from "../../api/types";
import { route } from "../../browser/route";
import { storageNamespace } from "../../browser/storage";
import type { Account } from "../../sync/account";
import type { InternalEntry } from "../../sync/internal-notes";
import { openedPlace } from "../../sync/opened-place";
import { ReadingMarks } from "../../sync/reading-marks";
import { account, addInternalEntries, applyFrame, clearThreads, internalNotes, me, team } from "../../sync/store";
import { toasts } from "../../ui/toast";
import { watchMentions } from "./watch-mentions";

const EXAM = id("exam");
let marks: ReadingMarks;
let storage: MemoryStorage;
const note = (seq: number, text: string, author = "wanda"): InternalEntry => ({
  as: "school_note",
  seq,
  at: seq,
  author: id(author),
  text,
  key: null,
});
const said = () => toasts.value.map(({ text }) => text);
const open = (name: string) => (route.value = { page: "inbox", id: name && id(name) });

watchMentions("inbox");
beforeEach(() => {
  clearThreads();
  internalNotes.value = new Map();
  toasts.value = [];
  openedPlace.value = null;
  document.body.innerHTML = "";
  storage = new MemoryStorage();
  marks = new ReadingMarks(id("law"), storageNamespace(storage, "school:party"));
  account.value = { marks, outbox: { confirm: () => undefined } } as unknown as Account;
  me.value = { id: id("law"), name: "School of Law", card: { name: "School of Law" } } as unknown as Me;
  team.value = { workers: [{ id: id("wanda"), name: "School of Law Desk" }], most: 5 } as never;
  applyFrame({ t: "row", row: schoolRow("exam", 1, { subject: "The exam" }) });
  open("");
});
afterEach(() => (account.value = null));

test("a mention that arrives while another thread is open marks the thread and is said, until its notes are seen", () => {
  open("fee");
  addInternalEntries(EXAM, [note(3, "@School of Law, is she enrolled?")]);
  expect(marks.hasMention(EXAM)).toBe(true);
  expect(said()).toHaveLength(1);
  expect(said()[0]).toMatch(/^A note on “.*The exam.*” mentions you$/);
  toasts.value[0]?.action?.run();
  expect([openedPlace.value?.id, openedPlace.value?.isNote]).toEqual([EXAM, true]);
  expect(location.hash).toContain(EXAM);
  addInternalEntries(EXAM, [note(4, "Thanks.")]);
  expect([marks.hasMention(EXAM), said().length]).toEqual([true, 1]);
  marks.seeNotes(EXAM, internalNotes.value.get(EXAM) ?? []);
  expect(marks.hasMention(EXAM)).toBe(false);
});

test("the mark is there after a reload, and does not come back when the notes were seen", () => {
  addInternalEntries(EXAM, [note(3, "@School of Law?")]);
  expect(new ReadingMarks(id("law"), storageNamespace(storage, "school:party")).hasMention(EXAM)).toBe(true);
  marks.seeNotes(EXAM, [note(3, "")]);
  internalNotes.value = new Map();
  addInternalEntries(EXAM, [note(3, "@School of Law?")]);
  expect([marks.hasMention(EXAM), said().length]).toEqual([false, 1]);
});

test.each([
  ["one's own note", note(1, "@School of Law", "law")],
  ["a mention of another one whose name begins alike", note(1, "@School of Law Desk")],
  ["a quote", note(1, "> @School of Law\nYes.")],
  ["a name alone", note(1, "School of Law")],
])("%s is none", (_, entry) => {
  addInternalEntries(EXAM, [entry]);
  expect([marks.hasMention(EXAM), said()]).toEqual([false, []]);
});

test("what is loaded with the open thread is marked, and not said: its notes show it", () => {
  open("exam");
  addInternalEntries(EXAM, [note(2, "@School of Law")]);
  expect([marks.hasMention(EXAM), said()]).toEqual([true, []]);
});

test("one that arrives in the open thread is said unless its notes are shown", () => {
  open("exam");
  addInternalEntries(EXAM, []);
  addInternalEntries(EXAM, [note(2, "@School of Law")]);
  expect(said()).toHaveLength(1);
  document.body.innerHTML = '<section class="notes"></section>';
  addInternalEntries(EXAM, [note(3, "@School of Law")]);
  expect(said()).toHaveLength(1);
});

test("until it is known who reads, nothing is lost", () => {
  const known = account.value;
  account.value = null;
  addInternalEntries(EXAM, [note(2, "@School of Law")]);
  expect(marks.hasMention(EXAM)).toBe(false);
  account.value = known;
  expect(marks.hasMention(EXAM)).toBe(true);
});
