// Finds personal data in a worker's message before it is sent: a name, an e-mail address or a telephone number.

import { foldCase, normalizeText } from "../../i18n/compare-text";

export type PiiKind = "name" | "email" | "phone";

const DATE = /(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d)(?!\d)/g;
const PHONE = /(?<!\d)(?:\+|\(?0)[\d\s()./-]{5,}\d|(?<!\d)\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)/g;
const MIN_PHONE_DIGITS = 7; // fewer digits are a room, a course or a year
const CLAUSE_END = /[,;:!?.\p{Pd}]/u;
const stripAccents = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "");

/**
 * The personal data that a text contains. A first or last name counts if it has a capital letter, or if it is a
 * signature: "will" and "may" are also words.
 */
export function detectPII(text: string, { name, email }: { name: string; email: string }): PiiKind[] {
  const found: PiiKind[] = [];
  if (containsName(text, name)) found.push("name");
  if (foldCase(text).includes(foldCase(email))) found.push("email");
  if (
    [...normalizeText(text).replace(DATE, "").matchAll(PHONE)].some(
      ([number]) => number.replace(/\D/g, "").length >= MIN_PHONE_DIGITS,
    )
  )
    found.push("phone");
  return found;
}

function containsName(text: string, name: string): boolean {
  const fullName = stripAccents(foldCase(name));
  const parts = new Set(
    wordsOf(name)
      .map(comparable)
      .filter((part) => [...part].length > 1),
  );
  const asSpelled = new Set(wordsOf(name).map((part) => stripAccents(normalizeText(part))));
  return (
    (fullName !== "" && stripAccents(foldCase(text)).includes(fullName)) ||
    wordsOf(text).some(
      (word) =>
        parts.has(comparable(word)) && (/^\p{Lu}/u.test(word) || asSpelled.has(stripAccents(normalizeText(word)))),
    ) ||
    text.split("\n").some((line) => isSignature(line, parts))
  );
}

/** Whether a line ends in a clause that is a name and nothing else, as a signature does. */
function isSignature(line: string, parts: ReadonlySet<string>): boolean {
  const words = line
    .split(CLAUSE_END)
    .map(wordsOf)
    .filter((clause) => clause.length > 0)
    .pop();
  return words !== undefined && words.every((word) => parts.has(comparable(word)));
}

const wordsOf = (text: string): string[] =>
  text
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter(Boolean);
const comparable = (word: string): string => stripAccents(foldCase(word));
