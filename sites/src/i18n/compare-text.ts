// Compares what a person types with what is stored, whichever keyboard wrote it.

const DASHES = /\p{Pd}|\u2212/gu;
const APOSTROPHES = /[\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02bd\u00b4`\u2032\ua78c]/g;
const QUOTES = /[\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u301d-\u301f]/g;
/** What is not seen beside other letters: marks of direction, joiners, selectors of a shape, controls. */
const UNSEEN = /[\p{Cf}\p{Surrogate}\p{Variation_Selector}\u034f\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]/gu;
/** Accents of letters, and the points of Hebrew and Arabic. The marks of other scripts are vowels. */
const ACCENTS = /[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670]/g;
/** Letters that have no accent to leave out, as they are written where a keyboard lacks them. */
const PLAIN_LETTERS: Readonly<Record<string, string>> = {
  æ: "ae",
  œ: "oe",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ħ: "h",
  ŧ: "t",
  ı: "i",
};

/** A text in normal form: NFKC, no invisible characters, plain digits, apostrophes, quotes, dashes and single spaces. */
export const normalizeText = (text: string): string =>
  text
    .normalize("NFKC")
    .replace(UNSEEN, "")
    .replace(/\p{Nd}/gu, asciiDigit)
    .replace(APOSTROPHES, "'")
    .replace(QUOTES, '"')
    .replace(DASHES, "-")
    .replace(/\s+/g, " ")
    .trim();

/** The same in lower case. By way of upper case, which makes ß and ss equal, and of lower case, which makes ẞ an ß. */
export const foldCase = (text: string): string =>
  normalizeText(text).toLowerCase().toUpperCase().toLowerCase().normalize("NFC");

/** Whether what a person typed equals what is stored. */
export const isSameText = (typed: string, stored: string): boolean => foldCase(typed) === foldCase(stored);

/** A text as people search for it: without accents too. */
export const searchKey = (text: string): string =>
  foldCase(text)
    .normalize("NFD")
    .replace(ACCENTS, "")
    .normalize("NFC")
    .replace(/[æœøłđðþħŧı]/g, (letter) => PLAIN_LETTERS[letter] ?? letter);

/** A digit of any script. The ten digits of a script begin at a code point that ends in 0 or in 6. */
function asciiDigit(digit: string): string {
  const point = digit.codePointAt(0) ?? 0;
  const start = point - (point % 16);
  return String(point - (/\p{Nd}/u.test(String.fromCodePoint(start)) ? start : start + 6));
}
