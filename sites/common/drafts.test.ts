import { expect, test } from "vitest";
import { drafts } from "./drafts";
import { MemoryStorage } from "./kit/browser";
import { drawer } from "./storage";

test("a draft survives the page, for its own thread and its own writer alone", () => {
  const storage = new MemoryStorage();
  drafts(drawer(storage, "user:uma")).set("exam", "I meant");
  const reloaded = drafts(drawer(storage, "user:uma"));
  expect(reloaded.get("exam")).toBe("I meant");
  expect(reloaded.get("loan")).toBe("");
  expect(drafts(drawer(storage, "user:tomas")).get("exam")).toBe("");
});

test("an emptied draft leaves nothing behind", () => {
  const storage = new MemoryStorage();
  const kept = drafts(drawer(storage, "user:uma"));
  kept.set("exam", "I meant");
  kept.set("exam", "");
  expect(storage.length).toBe(0);
});

test("signing out takes every draft of this writer, and nothing else", () => {
  const storage = new MemoryStorage();
  const [mine, theirs] = [drafts(drawer(storage, "user:uma")), drafts(drawer(storage, "user:tomas"))];
  mine.set("exam", "a");
  mine.set("loan", "b");
  theirs.set("exam", "c");
  mine.clear();
  expect([mine.get("exam"), mine.get("loan"), theirs.get("exam")]).toEqual(["", "", "c"]);
});
