import { expect, test, vi } from "vitest";
import { canonicalLocales, preferredLocales } from "./locale";

test.each([
  [["en-US@posix"], ["en-US"]],
  [
    ["de_DE.UTF-8", "de"],
    ["de-DE", "de"],
  ],
  [["", "x", "C", "en-"], []],
  [[], []],
  [undefined, []],
  [[null, undefined, 5, "fr-CH"], ["fr-CH"]],
  [
    ["zh-Hant-TW", "ar-u-nu-latn"],
    ["zh-Hant-TW", "ar-u-nu-latn"],
  ],
])("the languages %o become the locales %o, which can format dates", (named, read) => {
  expect(canonicalLocales(named)).toEqual(read);
  read.forEach((tag) => expect(() => new Intl.DateTimeFormat(tag).format(0)).not.toThrow());
});

test.each([
  [{ languages: ["de"], language: "de" }, ["de"]],
  [{ languages: [], language: "de_AT" }, ["de-AT"]],
  [{ language: "sv" }, ["sv"]],
  [{}, []],
])("a browser that names %o prefers %o", (navigator, read) => {
  vi.stubGlobal("navigator", navigator);
  expect(preferredLocales()).toEqual(read);
  vi.unstubAllGlobals();
});
