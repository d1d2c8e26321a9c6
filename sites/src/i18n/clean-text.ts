// The one rule for texts that people give. The server's domain/text.py is the same rule, over the same table: what
// cannot be seen is removed, what can be seen is kept, and only what is blank or too long is refused.

import {
  BLANKS,
  FLAG,
  JOINERS,
  JOINING_SCRIPTS,
  MARKS_OF_LINES,
  REMOVED,
  SELECTORS,
  SPACES,
  STACKED,
  STAND_INS,
  type TextField,
} from "./text-fields";

const APART = `\\n${SPACES}${BLANKS}${MARKS_OF_LINES}`;
const UNSEEN = `${APART}${JOINERS}${SELECTORS}`;
const pattern = (source: string): RegExp => new RegExp(source, "gu");

const BREAK = /\r\n|[\r\v\f\x85\u2028\u2029]/g;
const FLAG_OR_REMOVED = pattern(`(${FLAG})|[${REMOVED}]`);
const LINE_MARK = pattern(`[${MARKS_OF_LINES}]`);
const GAP = pattern(`[\\n${SPACES}${BLANKS}]+`);
/** A joiner or selector that follows nothing that is seen, or a second one. */
const STRAY = pattern(
  `(?<![^${APART}])[${JOINERS}${SELECTORS}]+|(?<=[${SELECTORS}])[${SELECTORS}]+|(?<=[${JOINERS}])[${JOINERS}${SELECTORS}]+`,
);
/** A joiner that joins to nothing. */
const LOOSE = pattern(`(?<![${JOINING_SCRIPTS}])[${JOINERS}](?![^${UNSEEN}])`);
const PILE = pattern(`((?:[\\p{Mn}\\p{Me}][\\u200c\\u200d]*){${STACKED}})(?:[\\p{Mn}\\p{Me}][\\u200c\\u200d]*)+`);
const ENDS = pattern(`^[\\n${SPACES}]+|(?<![\\n${SPACES}])[\\n${SPACES}]+$`);
const SEEN = new RegExp(`[^${UNSEEN}${STAND_INS}\\p{M}]`, "u");

/** A text without what cannot be seen, in NFC. In a text of one line, whatever looks like a space is one space. */
export function cleanText(text: string, { manyLines }: Pick<TextField, "manyLines"> = { manyLines: true }): string {
  const seen = text
    .replace(/\p{Surrogate}/gu, "\u{fffd}")
    .replace(BREAK, "\n")
    .normalize("NFC")
    .replace(FLAG_OR_REMOVED, "$1")
    .replace(PILE, "$1");
  const spaced = manyLines ? seen : seen.replace(LINE_MARK, "").replace(GAP, " ");
  const joined = spaced.replace(STRAY, "").replace(LOOSE, "").normalize("NFC");
  return (manyLines ? joined : joined.replace(GAP, " ")).replace(ENDS, "");
}

/** The same for a field of one line, such as a subject or a name. */
export const cleanLine = (text: string): string => cleanText(text, { manyLines: false });

/** Whether there is nothing to see in a text that was cleaned. Accents without a letter are nothing. */
export const isBlank = (text: string): boolean => !SEEN.test(text);

/** How many characters a text may still get, counted as the server counts them. */
export const countLeft = (text: string, field: TextField): number => field.most - [...cleanText(text, field)].length;

/** Whether the server takes a text. */
export const isAccepted = (text: string, field: TextField): boolean =>
  countLeft(text, field) >= 0 && !(field.required && isBlank(cleanText(text, field)));
