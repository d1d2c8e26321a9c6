import { describe, expect, test } from "vitest";
import { sentence } from "./api";
import protocol from "./protocol.ts?raw";
import { choose, languages, type Words } from "./words";
import { tables } from "./words-more";

const codes = [...(/export type RefusalCode = (.*);/.exec(protocol)?.[1] ?? "").matchAll(/"(\w+)"/g)].map(([, code]) => code ?? "");

/** Every sentence of a table, those with something in them spoken with it. */
function spoken(part: unknown): string[] {
  if (typeof part === "string") return [part];
  if (typeof part === "function") return [0, 1, 2].map((n) => String(part(n, n)));
  return Object.values(part as object).flatMap(spoken);
}

describe.each(Object.entries(languages))("in %s", (language, { words }: { words: Words }) => {
  test("every refusal of the server has a sentence of its own", () => {
    expect(codes).toContain("five_threads");
    expect(Object.keys(words.refusals).sort()).toEqual([...codes].sort());
    expect(new Set(Object.values(words.refusals)).size).toBe(codes.length);
    for (const said of Object.values(words.refusals)) expect(said).toMatch(/^(\p{Lu}|uconnect ).*\.$/u);
  });

  test("nothing is left unsaid, and nobody is shouted at", () => {
    for (const said of spoken([words, tables[language]])) {
      expect(said.trim()).not.toBe("");
      expect(said).not.toMatch(/!|undefined|\[object|something went wrong/i);
    }
  });

  test("one of a thing is not several", () => {
    expect(words.list.unread(1)).not.toBe(words.list.unread(2).replace("2", "1"));
  });
});

test("a refusal that is newer than this page is told in the server's words", () => {
  expect(sentence("five_workers", "As the server says it.")).toBe(languages["en"]?.words.refusals.five_workers);
  expect(sentence("of_tomorrow", "As the server says it.")).toBe("As the server says it.");
});

test("the first language a person reads that we have is spoken, with the dates of their country", () => {
  expect(choose(["xx-XX", "en-GB", "en-US"]).locale).toBe("en-GB");
  expect(choose(["xx"])).toEqual({ locale: "en", language: "en" });
});
