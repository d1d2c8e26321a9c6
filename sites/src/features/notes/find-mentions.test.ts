import { expect, test } from "vitest";
import { mentionedNames, mentionWord } from "./find-mentions";

const names = (text: string, ...known: string[]) => [...mentionedNames(text, known)];
const WANDA = "Wanda Okafor";

test.each([
  "@Wanda Okafor",
  "@Wanda Okafor please ask her",
  "Ask (@wanda okafor), please.",
  "Is it yours, @WANDA OKAFOR?",
  "@Wanda Okafor's desk",
  "@Wanda\nOkafor",
  "@Wanda\u00a0Okafor: yes",
  "＠Ｗａｎｄａ Okafor",
  "@joe @Wanda Okafor",
  "@@Wanda Okafor",
])("%j mentions her", (text) => expect(names(text, WANDA, "School of Law")).toEqual([WANDA]));

test.each([
  "Wanda Okafor",
  "@Wanda",
  "@ Wanda Okafor",
  "me@Wanda Okafor",
  "@Wanda Okaforsson",
  "@Wanda Okafor-Smith",
  "@Wanda Okafor.example",
  "@Wanda Okafor2",
  "@",
  "",
])("%j does not", (text) => expect(names(text, WANDA)).toEqual([]));

test("of names that begin alike the longest one is meant", () => {
  expect(names("@Wanda Okafor", "Wanda", WANDA)).toEqual([WANDA]);
  expect(names("@Wanda, ask @Wanda Okafor", "Wanda", WANDA)).toEqual(["Wanda", WANDA]);
  expect(names("@Wanda Smith", "Wanda", WANDA)).toEqual(["Wanda"]);
});

test("accents do not count, and of equal names each is meant", () => {
  expect(names("@Jose Sorensen", "José Sørensen")).toEqual(["José Sørensen"]);
  expect(names("@wanda", "Wanda", "WANDA")).toEqual(["Wanda", "WANDA"]);
});

test.each([
  ["王伟", "@王伟请看"],
  ["王伟", "问问@王伟吧"],
  ["山田 太郎", "@山田 太郎さん"],
  ["김철수", "@김철수님"],
  ["สมชาย", "ถาม@สมชายด้วย"],
])("a name in a script without spaces is found between letters: %s in %s", (name, text) =>
  expect(names(text, name)).toEqual([name]),
);

test("a name of nothing is not mentioned, and signs of a pattern are letters like others", () => {
  expect(names("@ hello @", "", " ")).toEqual([]);
  expect(names("@Dr. (A*)!", "Dr. (A*)")).toEqual(["Dr. (A*)"]);
});

test("a long text of signs is read at once", () => {
  expect(names("@".repeat(4_000), WANDA)).toEqual([]);
  expect(names("@Wanda Okafo ".repeat(300), WANDA)).toEqual([]);
});

test("a mention is marked as it was typed, whatever its case", () => expect(mentionWord("Wanda O")).toBe("@wanda o"));
