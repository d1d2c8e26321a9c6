import { describe, expect, test } from "vitest";
import { refusalMessage } from "../api/client";
import protocol from "../api/protocol.ts?raw";
import { chooseLanguage, languages, type Messages } from "./messages";
import { tables } from "./page-messages";
import { signInTables } from "./sign-in-messages";

const codes = [...(/export type RefusalCode = (.*);/.exec(protocol)?.[1] ?? "").matchAll(/"(\w+)"/g)].map(
  ([, code]) => code ?? "",
);

/** Every sentence of a table, those with something in them spoken with it. */
function textsOf(part: unknown): string[] {
  if (typeof part === "string") return [part];
  if (typeof part === "function") return [0, 1, 2].map((n) => String((part as (...values: number[]) => unknown)(n, n)));
  return Object.values(part as object).flatMap(textsOf);
}

describe.each(Object.entries(languages))("in %s", (language, { messages }: { messages: Messages }) => {
  const refusals: Record<string, string> = tables[language]?.refusals ?? {};
  test("every refusal of the server has a sentence of its own", () => {
    expect(codes).toContain("five_threads");
    expect(Object.keys(refusals).sort()).toEqual([...codes].sort());
    expect(new Set(Object.values(refusals)).size).toBe(codes.length);
    for (const text of Object.values(refusals)) expect(text).toMatch(/^(\p{Lu}|uconnect ).*\.$/u);
  });

  test("no text is empty, and none has an exclamation mark", () => {
    for (const text of textsOf([messages, signInTables[language], tables[language]])) {
      expect(text.trim()).not.toBe("");
      expect(text).not.toMatch(/!|undefined|\[object|something went wrong/i);
    }
  });

  test("one and several have different texts", () => {
    expect(messages.list.unread(1)).not.toBe(messages.list.unread(2).replace("2", "1"));
  });
});

test("a refusal that this page does not know is shown in the server's words", () => {
  expect(refusalMessage("five_workers", "As the server says it.")).toBe(tables["en"]?.refusals.five_workers);
  expect(refusalMessage("of_tomorrow", "As the server says it.")).toBe("As the server says it.");
});

test("the first preferred language that there are messages for is used, with the dates of its country", () => {
  expect(chooseLanguage(["xx-XX", "en-GB", "en-US"]).locale).toBe("en-GB");
  expect(chooseLanguage(["xx"])).toEqual({ locale: "en", language: "en" });
});
