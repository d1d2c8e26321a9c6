import { beforeEach, expect, test } from "vitest";
import { MemoryStorage } from "../../testing/fake-browser";
import { storageNamespace } from "../browser/storage";
import type { InternalEntry } from "./internal-notes";
import { ReadingMarks } from "./reading-marks";

let storage: MemoryStorage;
const open = (party = "school") => new ReadingMarks(party, storageNamespace(storage, "school:party"));
const note = (seq: number, author: string): InternalEntry => ({
  as: "school_note",
  seq,
  at: seq,
  author,
  text: "",
  key: null,
});
const workerNote = (seq: number, mine: boolean): InternalEntry => ({
  as: "worker_note",
  seq,
  at: seq,
  mine,
  text: "",
  key: null,
});

beforeEach(() => {
  storage = new MemoryStorage();
});

test("a thread is unread until it is opened, after a reload and in other tabs too", () => {
  const [marks, elsewhere] = [open(), open()];
  marks.markUnread("exam");
  expect([marks.unread.value.has("exam"), open().unread.value.has("exam")]).toEqual([true, true]);
  elsewhere.onStorageChange("unread.exam");
  expect([...elsewhere.unread.value]).toEqual(["exam"]);
  marks.clearUnread("exam");
  expect([...marks.unread.value, ...open().unread.value]).toEqual([]);
});

test("the notes of others are new until they are seen, and one's own never are", () => {
  const marks = open("school");
  const entries = [note(1, "wanda"), note(2, "school"), note(4, "wanda")];
  expect(marks.unseenNotes("exam", entries).map(({ seq }) => seq)).toEqual([1, 4]);
  marks.seeNotes("exam", entries.slice(0, 2));
  expect(marks.unseenNotes("exam", entries).map(({ seq }) => seq)).toEqual([4]);
  marks.seeNotes("exam", entries);
  marks.seeNotes("exam", entries.slice(0, 1)); // what was seen stays seen
  expect(open().unseenNotes("exam", entries)).toEqual([]);
  expect(
    open("walt")
      .unseenNotes("fee", [workerNote(1, true), workerNote(2, false)])
      .map(({ seq }) => seq),
  ).toEqual([2]);
  expect(marks.unseenNotes("fee")).toEqual([]);
});

test("of a thread that is gone, and of an account that leaves, nothing stays", () => {
  const marks = open();
  for (const id of ["exam", "fee"]) {
    marks.markUnread(id);
    marks.seeNotes(id, [note(3, "wanda")]);
  }
  marks.forget("exam");
  expect(Object.keys(storage).filter((key) => key.endsWith("exam"))).toEqual([]);
  expect([...marks.unread.value]).toEqual(["fee"]);
  marks.clear();
  expect(Object.keys(storage).filter((key) => key.startsWith("school:"))).toEqual([]);
  expect(marks.seenNote("fee")).toBe(0);
});

test("a mention stands until its note is seen, in each tab, and none comes before one that was seen", () => {
  const [marks, elsewhere] = [open(), open()];
  marks.markMention("exam", 3);
  elsewhere.onStorageChange("mentions.exam");
  expect([marks.hasMention("exam"), elsewhere.hasMention("exam"), open().hasMention("exam")]).toEqual([
    true,
    true,
    true,
  ]);
  marks.seeNotes("exam", [note(2, "wanda")]);
  expect(marks.hasMention("exam")).toBe(true);
  elsewhere.seeNotes("exam", [note(3, "wanda")]);
  elsewhere.markMention("exam", 3);
  marks.onStorageChange("notes.exam");
  expect([marks.hasMention("exam"), elsewhere.hasMention("exam")]).toEqual([false, false]);
  expect(Object.keys(storage).filter((key) => key.includes("mentions."))).toEqual([]);
  marks.markMention("fee", 1);
  marks.forget("fee");
  expect([marks.hasMention("fee"), Object.keys(storage).some((key) => key.endsWith("fee"))]).toEqual([false, false]);
});
