// Finds the words that a school hides in a text, by the same rule as the server (backend/uconnect/domain/hidden_words.py).

import { formOf, type TextPart } from "./find-words";
import { UNSPACED_CHARACTER } from "./unspaced";

/** What a worker reads in place of each of them. */
export const MASK = "█████";

const MARKS = /[*_`]/;
const QUOTE_MARKS = /^(?:[ \t]*>)+/gm;
const PHONE = /^[\d ()./+-]+$/;
const PHONE_DIGITS = 5; // fewer are a room or a year
const MOST_CHECKED = 500; // places in a text at which a hidden word may stand
const SEPARATORS = /[ ()./+-]/g;
const BETWEEN = /^[^\p{L}\p{N}]{0,3}$/u;

/** The characters that are compared, and the place in the text that each unit of them is of. */
interface Form {
  text: string;
  places: readonly number[];
}
type Span = readonly [start: number, end: number];

/** A text in parts: its hidden words, and what is between them. */
export function findHidden(text: string, words: readonly string[]): readonly TextPart[] {
  const characters = [...text];
  const parts: TextPart[] = [];
  let end = 0;
  const add = (until: number, isFound: boolean) => {
    if (until > end) parts.push({ text: characters.slice(end, until).join(""), isFound });
    end = until;
  };
  for (const [start, until] of joined(characters, spansOf(characters, words))) {
    add(start, false);
    add(until, true);
  }
  add(characters.length, false);
  return parts;
}

/** Whether nothing of a text is left for a worker to read. */
export const isHidden = (text: string, words: readonly string[]): boolean =>
  findHidden(text, words).every((part) => part.isFound);

/** A text as a worker reads it, in parts: each mask by itself. */
export const findMasks = (text: string): readonly TextPart[] =>
  text
    .split(MASK)
    .flatMap((part, at) => [...(at > 0 ? [{ text: MASK, isFound: true }] : []), { text: part, isFound: false }])
    .filter((part) => part.text !== "");

function formOfAll(characters: readonly string[]): Form {
  const quoted = [...characters.join("").replace(QUOTE_MARKS, (marks) => " ".repeat(marks.length))];
  let text = "";
  const places: number[] = [];
  quoted.forEach((character, place) => {
    const folded = MARKS.test(character) ? "" : formOf(character);
    if (folded === " " && text.endsWith(" ")) return;
    text += folded;
    for (let unit = 0; unit < folded.length; unit++) places.push(place);
  });
  return { text, places };
}

/** The places of the words in a text: all of it if there are too many to look at. */
function spansOf(characters: readonly string[], words: readonly string[]): Span[] {
  const whole = formOfAll(characters);
  const kept = whole.places.filter((_, at) => !/[ ()./+-]/.test(whole.text[at] ?? ""));
  const numbers: Form = { text: whole.text.replace(SEPARATORS, ""), places: kept };
  const forms = words.map((word) => formOfAll([...word]).text.trim()).filter(Boolean);
  const found: { form: Form; word: string; at: number }[] = [];
  for (const word of forms) {
    const [form, shown] = isPhone(word) ? [numbers, word.replace(SEPARATORS, "")] : [whole, word];
    for (let at = form.text.indexOf(shown); at >= 0; at = form.text.indexOf(shown, at + 1)) {
      if (found.length === MOST_CHECKED) return [[0, characters.length]];
      found.push({ form, word: shown, at });
    }
  }
  return found.flatMap(({ form, word, at }) => spanOf(characters, form, word, at) ?? []);
}

const isPhone = (form: string): boolean => PHONE.test(form) && form.replace(/\D/g, "").length >= PHONE_DIGITS;

/** What a word covers if it stands in its form at a place; null if it is only a part of a word there. */
function spanOf(characters: readonly string[], { places }: Form, word: string, at: number): Span[] | null {
  const last = at + word.length - 1;
  const isWhole = places[at - 1] !== places[at] && places[last + 1] !== places[last];
  let start = places[at] ?? 0;
  const end = endOf(characters, places[last] ?? 0);
  if (!isWhole || isInside(characters, start) || isInside(characters, end)) return null;
  if (isPhone(word)) while (start > 0 && /[+(]/.test(characters[start - 1] ?? "")) start--;
  return [[start, end]];
}

/** The end of a character, with the accents and joiners that belong to it. */
function endOf(characters: readonly string[], last: number): number {
  let end = last + 1;
  for (
    let next = characters[end];
    next !== undefined && !MARKS.test(next) && formOf(next) === "";
    next = characters[end]
  )
    end++;
  return end;
}

/** Whether a place is inside of a word or a number. Where a script has no spaces, no place is. */
function isInside(characters: readonly string[], at: number): boolean {
  let place = at - 1;
  while (place >= 0 && /\p{M}/u.test(characters[place] ?? "")) place--;
  const before = characters[place] ?? "";
  const after = characters[at] ?? "";
  if (/\p{L}/u.test(before) && /\p{L}/u.test(after))
    return !UNSPACED_CHARACTER.test(before) && !UNSPACED_CHARACTER.test(after);
  return /\p{Nd}/u.test(before) && /\p{Nd}/u.test(after);
}

/** Spans that overlap, touch, or have only a space or a sign between them, as one. */
function joined(characters: readonly string[], spans: readonly Span[]): Span[] {
  const all: Span[] = [];
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const before = all.at(-1);
    if (before && (start <= before[1] || BETWEEN.test(characters.slice(before[1], start).join(""))))
      all[all.length - 1] = [before[0], Math.max(end, before[1])];
    else all.push([start, end]);
  }
  return all;
}
