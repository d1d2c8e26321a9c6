// Compares what a person types with what is stored, whichever keyboard wrote it.

const DASHES = /\p{Pd}/gu;
const APOSTROPHES = /[\u2018\u2019\u201b\u02bc\u00b4`\u2032]/g;
const QUOTES = /[\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033]/g;

/** A text in normal form: NFKC, no invisible characters, plain apostrophes, quotes, dashes and single spaces. */
export const normalizeText = (text: string): string =>
  text
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .replace(APOSTROPHES, "'")
    .replace(QUOTES, '"')
    .replace(DASHES, "-")
    .replace(/\s+/g, " ")
    .trim();

/** The same in lower case. Upper case comes first: it makes ß and ss equal. */
export const foldCase = (text: string): string => normalizeText(text).toUpperCase().toLowerCase().normalize("NFC");

/** Whether what a person typed equals what is stored. */
export const isSameText = (typed: string, stored: string): boolean => foldCase(typed) === foldCase(stored);
