// What a person types is compared with what is stored: by what it says, not by which keyboard wrote it.

const DASHES = /\p{Pd}/gu;
const APOSTROPHES = /[\u2018\u2019\u201b\u02bc\u00b4`\u2032]/g;
const QUOTES = /[\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033]/g;

/** A text in one form of each character: NFKC, nothing unseen, plain apostrophes, quotes, dashes and single spaces. */
export const plain = (text: string): string =>
  text
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .replace(APOSTROPHES, "'")
    .replace(QUOTES, '"')
    .replace(DASHES, "-")
    .replace(/\s+/g, " ")
    .trim();

/** The same without a difference between capital and small letters. Upper case first: it makes ß and ss one. */
export const folded = (text: string): string => plain(text).toUpperCase().toLowerCase().normalize("NFC");

/** Whether a person has typed what is stored. */
export const alike = (typed: string, stored: string): boolean => folded(typed) === folded(stored);
