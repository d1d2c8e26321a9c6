// A mention is a part of a note's text: "@" and the name of a person who can read it (decision 0062). Case, accents and the
// shapes of signs do not count, as in a search.

import { foldText } from "../../i18n/find-words";
import { UNSPACED_CHARACTER } from "../../i18n/unspaced";

const LETTER = /[\p{L}\p{M}\p{N}_]/u;
/** A double name, or an address: "Anna-Lena" is not Anna, and "law.example" is not a school named Law. */
const GOES_ON = /^(?:[\p{L}\p{M}\p{N}_]|[-.][\p{L}\p{N}])/u;

const SIGN = /[@＠﹫]/;

/** Whether a text may mention anybody. */
export const mayMention = (text: string): boolean => SIGN.test(text);

/** The text of a mention. */
export const mentionOf = (name: string): string => `@${name}`;

/** How a mention of a name is marked by `findWords`. */
export const mentionWord = (name: string): string => foldText(mentionOf(name)).form;

/**
 * Those of the names that a text mentions. Where several begin alike, the longest one is meant: who is called Wanda is not
 * mentioned by "@Wanda Okafor" if that is another person.
 */
export function mentionedNames(text: string, names: readonly string[]): ReadonlySet<string> {
  const { form } = foldText(text);
  const known = names.map((name) => ({ name, own: foldText(name).form.trim() })).filter(({ own }) => own !== "");
  const found = new Set<string>();
  for (let at = form.indexOf("@"); at >= 0; at = form.indexOf("@", at + 1)) {
    if (isInWord(form, at)) continue;
    const here = known.filter(({ own }) => form.startsWith(own, at + 1) && isEnd(form, at + 1 + own.length));
    const longest = Math.max(...here.map(({ own }) => own.length));
    for (const { name, own } of here) if (own.length === longest) found.add(name);
  }
  return found;
}

/** As in an e-mail address. */
function isInWord(form: string, at: number): boolean {
  const before = characterBefore(form, at);
  return LETTER.test(before) && !UNSPACED_CHARACTER.test(before);
}

function isEnd(form: string, end: number): boolean {
  const next = String.fromCodePoint(form.codePointAt(end) ?? 0);
  return (
    UNSPACED_CHARACTER.test(characterBefore(form, end)) ||
    UNSPACED_CHARACTER.test(next) ||
    !GOES_ON.test(form.slice(end))
  );
}

const characterBefore = (form: string, at: number): string => [...form.slice(Math.max(0, at - 2), at)].at(-1) ?? "";
