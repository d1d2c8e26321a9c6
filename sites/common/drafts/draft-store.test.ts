import { beforeEach, describe, expect, test } from "vitest";
import { MemoryStorage } from "../kit/browser";
import { drawer } from "../storage";
import { DraftStore } from "./draft-store";

let storage: MemoryStorage;
const store = (who = "ann") => new DraftStore(drawer(storage, `user:${who}`));
const text = (words: string) => ({ text: words, subject: "" });
const asides = (drafts: DraftStore, place = "exam") => drafts.of(place).aside.map((fields) => fields.text);

beforeEach(() => {
  storage = new MemoryStorage();
});

test("a draft survives the page, for its own place and its own account alone", () => {
  store().write("exam", text("I meant"));
  expect([store().of("exam").text, store().of("loan").text, store("bob").of("exam").text]).toEqual(["I meant", "", ""]);
});

test("an emptied draft leaves nothing behind", () => {
  const drafts = store();
  drafts.write("exam", text("I meant"));
  drafts.write("exam", text(""));
  expect([storage.length, drafts.places.value]).toEqual([0, []]);
});

test("signing out takes every draft of this account, and nothing else", () => {
  const mine = store();
  mine.write("exam", text("a"));
  mine.write("loan", text("b"));
  store("bob").write("exam", text("c"));
  mine.clear();
  expect([mine.of("exam").text, store().of("loan").text, store("bob").of("exam").text]).toEqual(["", "", "c"]);
});

describe("the same draft in two tabs", () => {
  test("shows in one what was typed in the other", () => {
    const [one, two] = [store(), store()];
    expect(two.of("exam").text).toBe("");
    one.write("exam", text("I meant"));
    two.heard("draft.exam");
    expect(two.of("exam").text).toBe("I meant");
  });

  test("that both change before they hear of each other is kept twice", () => {
    const [one, two] = [store(), store()];
    expect([one.of("exam").text, two.of("exam").text]).toEqual(["", ""]);
    one.write("exam", text("from one"));
    two.write("exam", text("from two"));
    one.heard("draft.exam");
    for (const drafts of [one, two, store()]) expect([drafts.of("exam").text, asides(drafts)]).toEqual(["from two", ["from one"]]);
  });

  test("is sent once: the tab that has not heard sends nothing, and keeps its text in sight", () => {
    const [one, two] = [store(), store()];
    one.write("exam", text("Hello"));
    expect(two.of("exam").text).toBe("Hello");
    const sent: string[] = [];
    expect(one.take("exam", () => sent.push("one"))).toBe(true);
    expect(two.take("exam", () => sent.push("two"))).toBe(false);
    expect([sent, two.of("exam").text, asides(two)]).toEqual([["one"], "", ["Hello"]]);
  });
});

describe("a text that was set aside", () => {
  const twoTexts = () => {
    const drafts = store();
    drafts.write("exam", text("now"));
    drafts.giveBack("exam", text("before"));
    return drafts;
  };

  test("can be exchanged for what is in the field", () => {
    const drafts = twoTexts();
    drafts.use("exam", text("before"));
    expect([drafts.of("exam").text, asides(drafts)]).toEqual(["before", ["now"]]);
  });

  test("can be discarded", () => {
    const drafts = twoTexts();
    drafts.discard("exam", text("before"));
    expect([drafts.of("exam").text, asides(drafts)]).toEqual(["now", []]);
  });

  test("is not kept twice, nor if the field holds it anyway", () => {
    const drafts = twoTexts();
    drafts.giveBack("exam", text("before"));
    drafts.giveBack("exam", text("now"));
    drafts.giveBack("exam", text(" "));
    expect(asides(drafts)).toEqual(["before"]);
  });

  test("is not needed where the field is empty: it comes back into it", () => {
    const drafts = store();
    drafts.giveBack("exam", text("before"));
    expect([drafts.of("exam").text, asides(drafts)]).toEqual(["before", []]);
  });
});

describe("where storage is full", () => {
  test("the page keeps the draft, says that it lasts no longer than the page, and stores it when there is room", () => {
    const drafts = store();
    storage.full = true;
    drafts.write("exam", text("I meant"));
    expect([drafts.of("exam").text, drafts.kept.value, drafts.isStored]).toEqual(["I meant", false, false]);
    storage.full = false;
    drafts.write("loan", text("More"));
    expect([store().of("exam").text, drafts.kept.value]).toEqual(["I meant", true]);
  });

  test("what another tab stores does not replace what only this page has", () => {
    const [one, two] = [store(), store()];
    expect([one.of("exam").text, two.of("exam").text]).toEqual(["", ""]);
    storage.full = true;
    one.write("exam", text("only here"));
    storage.full = false;
    two.write("exam", text("from two"));
    one.heard("draft.exam");
    expect([one.of("exam").text, asides(one)]).toEqual(["only here", ["from two"]]);
  });
});

test("what another version of the site stored and nobody can read is passed over", () => {
  storage.setItem("user:ann:draft.exam", "{");
  expect(store().of("exam").text).toBe("");
});
