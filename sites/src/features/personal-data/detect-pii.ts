// Finds personal data in a message before it is sent: a name, an e-mail address or a telephone number.

import { foldCase, normalizeText, searchKey } from "../../i18n/compare-text";
import { UNSPACED_CHARACTER } from "../../i18n/unspaced";

export type PiiKind = "name" | "email" | "phone";

interface Author {
  name: string;
  email: string;
  /** Otherwise it is a school, whose name has words that anybody uses: it counts as a whole alone. */
  isPerson: boolean;
}

const DATE = /(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d)(?!\d)/g;
const PHONE = /(?<!\d)(?:\+|\(?0)[\d\s()./-]{5,}\d|(?<!\d)\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)/g;
const MIN_PHONE_DIGITS = 7; // fewer digits are a room, a course or a year
const CLAUSE_END = /[,;:!?.\p{Pd}]/u;

/**
 * The personal data that a text contains. A first or last name counts if it has a capital letter, or if it is a
 * signature: "will" and "may" are also words. Where a script has no capitals and no spaces, it counts anywhere.
 */
export function detectPII(text: string, { name, email, isPerson }: Author): PiiKind[] {
  const found: PiiKind[] = [];
  if (containsWhole(text, name) || (isPerson && namePartsIn(text, name).length > 0)) found.push("name");
  if (foldCase(text).includes(foldCase(email))) found.push("email");
  if (phonesIn(text).length > 0) found.push("phone");
  return found;
}

/**
 * What in a text tells who its author is, each once: the name or its parts, e-mail addresses and telephone numbers. It may
 * find more than `detectPII`: a person decides about each.
 */
export function findPII(text: string, { name, email, isPerson }: Author): string[] {
  const parts = isPerson ? namePartsIn(text, name) : [];
  const whole = containsWhole(text, name) ? [name] : [];
  const emails = [...text.matchAll(EMAIL)].map(([found]) => found);
  const isKnown = emails.some((found) => foldCase(found) === foldCase(email));
  const own = !isKnown && foldCase(text).includes(foldCase(email)) ? [email] : [];
  return [...new Set([...whole, ...parts, ...own, ...emails, ...phonesIn(text)])];
}

const EMAIL = /[^\s@<>()[\]"',;:]+@[^\s@<>()[\]"',;:]+\.[\p{L}\p{N}]{2,}/gu;

function phonesIn(text: string): string[] {
  const numbers = normalizeText(text).replace(DATE, "").matchAll(PHONE);
  return [...numbers].flatMap(([number]) =>
    number.replace(/\D/g, "").length >= MIN_PHONE_DIGITS ? number.trim() : [],
  );
}

export const namePartsOf = (name: string): string[] =>
  wordsOf(name).filter((part) => [...part].length > 1 && /\p{L}/u.test(part)); // a number is a year, a room or a count

/** The parts of a name that a text has as names: "will" and "may" are also words. */
function namePartsIn(text: string, name: string): string[] {
  const parts = namePartsOf(name);
  const keys = new Set(parts.map(searchKey));
  const words = wordsOf(text);
  const signatures = text.split("\n").filter((line) => isSignature(line, keys));
  return parts.filter((part) => {
    const key = searchKey(part);
    const isPart = (word: string): boolean => searchKey(word) === key;
    return (
      words.some((word) => isPart(word) && (/^[\p{Lu}\p{Lt}]/u.test(word) || word === part)) ||
      (isUnspaced(key) && searchKey(text).includes(key)) ||
      signatures.some((line) => wordsOf(line).some(isPart))
    );
  });
}

/** Whether a name stands in the midst of what looks like one word. One character is too common for a name. */
const isUnspaced = (key: string): boolean =>
  [...key].length > 1 && [...key].every((character) => UNSPACED_CHARACTER.test(character));

const containsWhole = (text: string, name: string): boolean =>
  searchKey(name) !== "" && searchKey(text).includes(searchKey(name));

/** Whether a line ends in a clause that is a name and nothing else, as a signature does. */
function isSignature(line: string, parts: ReadonlySet<string>): boolean {
  const words = line
    .split(CLAUSE_END)
    .map(wordsOf)
    .filter((clause) => clause.length > 0)
    .pop();
  return words !== undefined && words.every((word) => parts.has(searchKey(word)));
}

const wordsOf = (text: string): string[] =>
  normalizeText(text)
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter(Boolean);
