import { expect, test } from "vitest";
import { isolate, isolateArguments } from "./isolate";
import { messages } from "./messages";
import { pageMessages } from "./page-messages";
import { TURNING } from "./text-fields";

test("a text from left to right is shown as it is", () => {
  for (const text of ["Ann", "Ünal, Ç.", "山田", "5 · 🙂"]) expect(isolate(text)).toBe(text);
});

test("a text that turns a direction is isolated, and what it opened or closed by itself is removed", () => {
  expect(isolate("שלום")).toBe("\u2068שלום\u2069");
  expect(isolate("\u202eevil")).toBe("\u2068evil\u2069");
  expect(isolate("a\u2069b\u2067")).toBe("\u2068ab\u2069");
});

test("every function of a table isolates what it is given, in lists and objects too", () => {
  const table = isolateArguments({
    plain: "Ann",
    deep: { greet: (name: string, n: number) => `${name} has ${n}` },
    all: (by: readonly { school: string }[]) => by.map(({ school }) => school).join(),
  });
  expect(table.plain).toBe("Ann");
  expect(table.deep.greet("\u202eAnn", 3)).toBe("\u2068Ann\u2069 has 3");
  expect(table.all([{ school: "אבג" }])).toBe("\u2068אבג\u2069");
});

test("so do the texts of the sites, in dialogs, notices, labels and titles", () => {
  const name = "\u202eevil";
  const shown = "\u2068evil\u2069";
  const texts = [
    messages.title(name, 1),
    messages.thread.typing(name),
    messages.list.you(name),
    pageMessages.composer.label(name),
    pageMessages.workers.removeTitle(name),
    pageMessages.deleteThread.text(name),
    pageMessages.closeAccount.type(name),
    pageMessages.log.announce(name, name),
    pageMessages.invitation.title([{ school: name }]),
  ];
  for (const text of texts) {
    expect(text).toContain(shown);
    expect(text).not.toContain("\u202e");
  }
});

test("the characters that turn a direction are those of the table", () => {
  const turning = new RegExp(`^[${TURNING}]$`, "u");
  for (let point = 0; point < 0x20000; point++) {
    const character = String.fromCodePoint(point);
    if ((isolate(character) !== character) !== turning.test(character)) expect.fail(`U+${point.toString(16)}`);
  }
});
