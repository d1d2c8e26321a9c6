import { beforeEach, describe, expect, test } from "vitest";
import { MemoryStorage } from "../../testing/fake-browser";
import { storageNamespace } from "../browser/storage";
import { DraftStore } from "./draft-store";

let storage: MemoryStorage;
const store = (who = "ann") => new DraftStore(storageNamespace(storage, `user:${who}`));
const text = (words: string) => ({ text: words, subject: "" });
const conflicts = (drafts: DraftStore, target = "exam") => drafts.get(target).conflicts.map((fields) => fields.text);

beforeEach(() => {
  storage = new MemoryStorage();
});

test("a draft outlives the page, for its own target and its own account only", () => {
  store().write("exam", text("I meant"));
  expect([store().get("exam").text, store().get("loan").text, store("bob").get("exam").text]).toEqual([
    "I meant",
    "",
    "",
  ]);
});

test("an emptied draft leaves nothing behind", () => {
  const drafts = store();
  drafts.write("exam", text("I meant"));
  drafts.write("exam", text(""));
  expect([storage.length, drafts.targets.value]).toEqual([0, []]);
});

test("signing out removes every draft of this account, and nothing else", () => {
  const mine = store();
  mine.write("exam", text("a"));
  mine.write("loan", text("b"));
  store("bob").write("exam", text("c"));
  mine.clear();
  expect([mine.get("exam").text, store().get("loan").text, store("bob").get("exam").text]).toEqual(["", "", "c"]);
});

describe("the same draft in two tabs", () => {
  test("is updated in one while it is typed in the other", () => {
    const [one, two] = [store(), store()];
    expect(two.get("exam").text).toBe("");
    one.write("exam", text("I meant"));
    two.onStorageChange("draft.exam");
    expect(two.get("exam").text).toBe("I meant");
  });

  test("that both change before they hear of each other becomes a conflict", () => {
    const [one, two] = [store(), store()];
    expect([one.get("exam").text, two.get("exam").text]).toEqual(["", ""]);
    one.write("exam", text("from one"));
    two.write("exam", text("from two"));
    one.onStorageChange("draft.exam");
    for (const drafts of [one, two, store()])
      expect([drafts.get("exam").text, conflicts(drafts)]).toEqual(["from two", ["from one"]]);
  });

  test("is sent once: a tab that has not heard of it sends nothing, and shows its text as a conflict", () => {
    const [one, two] = [store(), store()];
    one.write("exam", text("Hello"));
    expect(two.get("exam").text).toBe("Hello");
    const sent: string[] = [];
    expect(one.takeForSending("exam", () => sent.push("one"))).toBe(true);
    expect(two.takeForSending("exam", () => sent.push("two"))).toBe(false);
    expect([sent, two.get("exam").text, conflicts(two)]).toEqual([["one"], "", ["Hello"]]);
  });
});

describe("a conflicting text", () => {
  const twoTexts = () => {
    const drafts = store();
    drafts.write("exam", text("now"));
    drafts.restore("exam", text("before"));
    return drafts;
  };

  test("can be exchanged with the draft", () => {
    const drafts = twoTexts();
    drafts.useConflict("exam", text("before"));
    expect([drafts.get("exam").text, conflicts(drafts)]).toEqual(["before", ["now"]]);
  });

  test("can be discarded", () => {
    const drafts = twoTexts();
    drafts.discardConflict("exam", text("before"));
    expect([drafts.get("exam").text, conflicts(drafts)]).toEqual(["now", []]);
  });

  test("is kept once, and not if the draft has the same text", () => {
    const drafts = twoTexts();
    drafts.restore("exam", text("before"));
    drafts.restore("exam", text("now"));
    drafts.restore("exam", text(" "));
    expect(conflicts(drafts)).toEqual(["before"]);
  });

  test("becomes the draft if the draft is empty", () => {
    const drafts = store();
    drafts.restore("exam", text("before"));
    expect([drafts.get("exam").text, conflicts(drafts)]).toEqual(["before", []]);
  });
});

describe("if storage is full", () => {
  test("the draft lasts in memory, the page says so, and stores it when there is room", () => {
    const drafts = store();
    storage.full = true;
    drafts.write("exam", text("I meant"));
    expect([drafts.get("exam").text, drafts.isPersisted.value, drafts.hasStoredText]).toEqual([
      "I meant",
      false,
      false,
    ]);
    storage.full = false;
    drafts.write("loan", text("More"));
    expect([store().get("exam").text, drafts.isPersisted.value]).toEqual(["I meant", true]);
  });

  test("a draft of another tab does not replace one that only this page has", () => {
    const [one, two] = [store(), store()];
    expect([one.get("exam").text, two.get("exam").text]).toEqual(["", ""]);
    storage.full = true;
    one.write("exam", text("only here"));
    storage.full = false;
    two.write("exam", text("from two"));
    one.onStorageChange("draft.exam");
    expect([one.get("exam").text, conflicts(one)]).toEqual(["only here", ["from two"]]);
  });
});

test("a stored draft that cannot be read is ignored", () => {
  storage.setItem("user:ann:draft.exam", "{");
  expect(store().get("exam").text).toBe("");
});

test("a draft that an earlier version of the sites stored is shown, with its conflicts, and stays readable for it", () => {
  const stored = { text: "Hello", subject: "", aside: [{ text: "From another tab", subject: "" }], version: "1" };
  storage.setItem("user:ann:draft.exam", JSON.stringify(stored));
  const drafts = store();
  expect([drafts.get("exam").text, conflicts(drafts)]).toEqual(["Hello", ["From another tab"]]);
  drafts.write("exam", { text: "Hello again", subject: "" });
  expect(JSON.parse(storage.getItem("user:ann:draft.exam") ?? "")).toMatchObject({ aside: stored.aside });
});
