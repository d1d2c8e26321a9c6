import { expect, test, vi } from "vitest";
import { readable, wanted } from "./locale";

test.each([
  [["en-US@posix"], ["en-US"]],
  [["de_DE.UTF-8", "de"], ["de-DE", "de"]],
  [["", "x", "C", "en-"], []],
  [[], []],
  [undefined, []],
  [[null, undefined, 5, "fr-CH"], ["fr-CH"]],
  [["zh-Hant-TW", "ar-u-nu-latn"], ["zh-Hant-TW", "ar-u-nu-latn"]],
])("languages named %o are read as %o, and dates can be written in each", (named, read) => {
  expect(readable(named)).toEqual(read);
  read.forEach((tag) => expect(() => new Intl.DateTimeFormat(tag).format(0)).not.toThrow());
});

test.each([
  [{ languages: ["de"], language: "de" }, ["de"]],
  [{ languages: [], language: "de_AT" }, ["de-AT"]],
  [{ language: "sv" }, ["sv"]],
  [{}, []],
])("a browser that says %o wants %o", (navigator, read) => {
  vi.stubGlobal("navigator", navigator);
  expect(wanted()).toEqual(read);
  vi.unstubAllGlobals();
});
