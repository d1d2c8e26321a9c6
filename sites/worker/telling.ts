// Before a worker's message leaves, it is read for what would tell who they are: a name, an e-mail address, a telephone number.

import { folded, plain } from "../common/alike";

export type Tell = "name" | "email" | "phone";

const DATE = /(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d)(?!\d)/g;
const PHONE = /(?<!\d)(?:\+|\(?0)[\d\s()./-]{5,}\d|(?<!\d)\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)/g;
const DIGITS = 7; // fewer are a room, a course or a year
const CLAUSE = /[,;:!?.\p{Pd}]/u;
const bare = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "");

/**
 * What a text tells of its writer. A first or last name counts with a capital, or where one signs: "will" and "may" are
 * also words.
 */
export function tells(text: string, { name, email }: { name: string; email: string }): Tell[] {
  const found: Tell[] = [];
  if (namesIn(text, name)) found.push("name");
  if (folded(text).includes(folded(email))) found.push("email");
  if ([...plain(text).replace(DATE, "").matchAll(PHONE)].some(([number]) => number.replace(/\D/g, "").length >= DIGITS)) found.push("phone");
  return found;
}

function namesIn(text: string, name: string): boolean {
  const whole = bare(folded(name));
  const parts = new Set(wordsOf(name).map(caseless).filter((part) => [...part].length > 1));
  const asSpelled = new Set(wordsOf(name).map((part) => bare(plain(part))));
  return (
    (whole !== "" && bare(folded(text)).includes(whole)) ||
    wordsOf(text).some((word) => parts.has(caseless(word)) && (/^\p{Lu}/u.test(word) || asSpelled.has(bare(plain(word))))) ||
    text.split("\n").some((line) => isSigned(line, parts))
  );
}

/** Whether a line ends in a clause that is a name and nothing else, as where one signs. */
function isSigned(line: string, parts: ReadonlySet<string>): boolean {
  const words = line.split(CLAUSE).map(wordsOf).filter((clause) => clause.length > 0).pop();
  return words !== undefined && words.every((word) => parts.has(caseless(word)));
}

const wordsOf = (text: string): string[] =>
  text
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter(Boolean);
const caseless = (word: string): string => bare(folded(word));
