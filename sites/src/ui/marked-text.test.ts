import { describe, expect, test } from "vitest";
import { type Block, type Inline, parseBlocks, parseInline, quote } from "./marked-text";

/** A short notation of what was found: **bold** is `<b>bold</b>`. */
const inline = (parts: readonly Inline[]): string =>
  parts
    .map((part) => {
      if (typeof part === "string") return part;
      if (part.t === "code") return `<code>${part.text}</code>`;
      const tag = part.t === "strong" ? "b" : "i";
      return `<${tag}>${inline(part.parts)}</${tag}>`;
    })
    .join("");
const shown = (text: string): string => inline(parseInline(text));

const block = (found: Block): string => {
  switch (found.t) {
    case "text":
      return inline(found.parts);
    case "code":
      return `[code ${found.text}]`;
    case "quote":
      return `[quote ${blocks(found.blocks)}]`;
    case "list":
      return `[${found.start ?? "list"} ${found.items.map(inline).join(" | ")}]`;
  }
};
const blocks = (found: readonly Block[]): string => found.map(block).join("\n");
const drawn = (text: string): string => blocks(parseBlocks(text));

describe("within a line", () => {
  test.each([
    ["It is **closed** today", "It is <b>closed</b> today"],
    ["It is _really_ closed.", "It is <i>really</i> closed."],
    ["(_really_), “_so_”", "(<i>really</i>), “<i>so</i>”"],
    ["**_both_** and _**both**_", "<b><i>both</i></b> and <i><b>both</b></i>"],
    ["Press `Ctrl+C`, not `**`", "Press <code>Ctrl+C</code>, not <code>**</code>"],
    ["**Two words** and **two more**", "<b>Two words</b> and <b>two more</b>"],
    ["这是**重点**内容", "这是<b>重点</b>内容"],
    ["**a `b` c**", "<b>a <code>b</code> c</b>"],
  ])("%j has %j", (text, expected) => expect(shown(text)).toBe(expected));

  test.each([
    "2 * 3 * 4, 2**3**4 and **",
    "snake_case_name and __init__ and _",
    "** not bold ** and _ not italic _",
    "**open, and _open, and `open",
    "**over\ntwo lines**, _over\ntwo_, `over\ntwo`",
    "https://uni.example/_a_/**b**?c=_d_",
    "uma_petrov_@uni.example, a_b_c",
    "* one star * and *another*",
    "<b>no</b> [no](https://uni.example) # no",
    "``",
    "",
  ])("%j stays as it is", (text) => expect(shown(text)).toBe(text));
});

describe("over lines", () => {
  test.each([
    ["Bring:\n- your card\n- a **photo**\nThank you", "Bring:\n[list your card | a <b>photo</b>]\nThank you"],
    ["* one\n* two", "[list one | two]"],
    ["1. first\n2. second", "[1 first | second]"],
    ["3) third\n4) fourth", "[3 third | fourth]"],
    ["> When?\n> And where?\n\nAt nine.", "[quote When?\nAnd where?]\nAt nine."],
    ["> > Deep\n> Less deep", "[quote [quote Deep]\nLess deep]"],
    ["> - a\n> - b", "[quote [list a | b]]"],
    ["Try\n```\na = **b**\n- c\n```\nand see", "Try\n[code a = **b**\n- c]\nand see"],
    ["```py\nx\n```", "[code x]"],
    ["One\n\n\nTwo", "One\n\n\nTwo"],
  ])("%j has %j", (text, expected) => expect(drawn(text)).toBe(expected));

  test.each([
    ["- Joe", "a dash alone"],
    ["30. November is a holiday", "a date"],
    ["1. first\n3. third", "numbers that do not follow each other"],
    ["```\nno end", "code without an end"],
    ["a > b", "a sign inside a line"],
    ["-no space\n-here", "no space after the dash"],
  ])("%j stays as it is: %s", (text) => expect(drawn(text)).toBe(text));

  test("quotes in quotes end at the third: the rest stays as it is", () => {
    expect(drawn("> > > > > deep")).toBe("[quote [quote [quote > > deep]]]");
  });
});

test.each(["When?", "When?\n\nAnd **where**?", "> Before\nWhen?"])("a quote of %j is drawn as one", (text) => {
  const [first, ...others] = parseBlocks(`${quote(text)}At nine.`);
  expect(first?.t).toBe("quote");
  expect(others.map(block)).toEqual(["At nine."]);
  expect(first?.t === "quote" && blocks(first.blocks)).toBe(drawn(text));
});

test("a text of 4,000 characters that only looks like marks is soon done", () => {
  const began = performance.now();
  for (const mark of ["**a ", "_a ", "`", "> ", ">", "```\n", "- a\n", "1. a\n", "**a_", "_**", "**_a"])
    expect(parseBlocks(mark.repeat(4_000 / mark.length)).length).toBeGreaterThan(0);
  expect(performance.now() - began).toBeLessThan(1_000);
});
