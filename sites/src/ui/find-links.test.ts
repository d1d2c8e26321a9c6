import { expect, test } from "vitest";
import { findLinks } from "./find-links";

const links = (text: string) => findLinks(text).filter((part) => typeof part !== "string");
const hrefs = (text: string) => links(text).map(({ href }) => href);

test.each([
  ["See https://uni.example/exam?id=4&a=%20#top.", ["https://uni.example/exam?id=4&a=%20#top"]],
  ["(https://uni.example/a_(b))", ["https://uni.example/a_(b)"]],
  ["»https://uni.example«, “https://b.example/x”!", ["https://uni.example/", "https://b.example/x"]],
  ["HTTPS://UNI.EXAMPLE/A", ["https://uni.example/A"]],
  ["www.uni.de and uni.org; uni.de/exam", ["https://www.uni.de/", "https://uni.org/", "https://uni.de/exam"]],
  ["write to uma.petrov+exam@uni.edu, please", ["mailto:uma.petrov+exam@uni.edu"]],
  ["mailto:uma@uni.edu", ["mailto:uma@uni.edu"]],
  ["http://localhost:8000/x and http://192.168.0.1/", ["http://localhost:8000/x", "http://192.168.0.1/"]],
  ["https://uni.example/one\nhttps://uni.example/two", ["https://uni.example/one", "https://uni.example/two"]],
])("%j has the addresses %j", (text, expected) => expect(hrefs(text)).toEqual(expected));

test.each([
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)//https",
  "java\tscript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:x, file:///etc/passwd, blob:https, ftp://uni.example/, //uni.example/x, tel:+49",
  "https://bank.example@evil.example/",
  "https://user:pass@evil.example/",
  "https://uni.example/\u202Egpj.exe",
  "https://uni\u200B.example/",
  "https://uni.example\u2066/x",
  "main.py, notes.md, e.g. this. Then 12.30 or 1.2.3.4",
  "A line.Next one, and so on...",
  "no address at all",
  "",
])("%j has none", (text) => expect(links(text)).toEqual([]));

test.each(["https://uni.example/\u202Egpj.exe", "https://uni\u200B.example/", "https://uni.example\u2066/x"])(
  "%j is no link to what a reader does not see",
  (text) => expect(links(text).every(({ text }) => !/\p{Cf}/u.test(text))).toBe(true),
);

test("a host in another alphabet is told in the letters that computers know", () => {
  expect(links("https://раура\u04cf.example/x")[0]?.asciiHost).toMatch(/^xn--/);
  expect(links("https://münchen.example/")[0]?.asciiHost).toBe("xn--mnchen-3ya.example");
  expect(links("https://uni.example/prüfung")[0]?.asciiHost).toBe("");
});

test("nothing of a text is lost or changed", () => {
  for (const text of ["a https://b.example/c, d\n\n e@f.org!", "https://user:p@x.example y", "🎉 www.uni.de 🎉"])
    expect(
      findLinks(text)
        .map((part) => (typeof part === "string" ? part : part.text))
        .join(""),
    ).toBe(text);
});

test("a text of 4,000 characters that only looks like addresses is soon done", () => {
  for (const text of ["https://".repeat(500), "a@".repeat(2_000), "www.".repeat(1_000), "http://[".repeat(500)])
    expect(findLinks(text).length).toBeGreaterThan(0);
});
