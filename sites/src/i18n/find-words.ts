// Finds words in a text as the server does (backend/uconnect/domain/text_search.py), to mark them: case, accents, and the
// shapes of quotes and dashes do not count, and a word is found inside of other words too.

import { searchKey } from "./compare-text";

/** A part of a text, and whether it is one of the words. */
export interface TextPart {
  text: string;
  isFound: boolean;
}

/** The form of each character in which words are looked for. */
const forms = new Map<string, string>();

export function formOf(character: string): string {
  let form = forms.get(character);
  if (form === undefined) forms.set(character, (form = /\s/.test(character) ? " " : searchKey(character)));
  return form;
}

/** The words of what a person typed. */
export const wordsOf = (typed: string): readonly string[] => [
  ...new Set(Array.from(typed, formOf).join("").split(" ").filter(Boolean)),
];

/** Whether a text has one of the words. */
export const hasWord = (text: string, words: readonly string[]): boolean =>
  findWords(text, words).some((part) => part.isFound);

/** A text in the form in which words are looked for. */
export interface FoldedText {
  characters: readonly string[];
  form: string;
  /** For each unit of the form the character that it is of. */
  origins: readonly number[];
}

export function foldText(text: string): FoldedText {
  const characters = [...text];
  let form = "";
  const origins: number[] = [];
  characters.forEach((character, at) => {
    const own = formOf(character);
    form += own;
    for (let unit = 0; unit < own.length; unit++) origins.push(at);
  });
  return { characters, form, origins };
}

/** A text in parts: its words are found, and what is between them is not. */
export function findWords(text: string, words: readonly string[]): readonly TextPart[] {
  const { characters, form, origins } = foldText(text);
  const isFound = new Array<boolean>(characters.length).fill(false);
  for (const word of words)
    for (let at = form.indexOf(word); at >= 0; at = form.indexOf(word, at + word.length))
      isFound.fill(true, origins[at], (origins[at + word.length - 1] ?? 0) + 1);
  const parts: TextPart[] = [];
  characters.forEach((character, at) => {
    const found = isFound[at] === true;
    const last = parts.at(-1);
    // An accent or a joiner is of the character before it.
    const goesOn = last && (last.isFound === found || (last.isFound && formOf(character) === ""));
    if (goesOn) last.text += character;
    else parts.push({ text: character, isFound: found });
  });
  return parts;
}
