// A sign such as "/" at the start of a line or of a word opens a menu. Inside a word, as in "and/or" or in an e-mail
// address, it is a character like any other.

interface Typed {
  inputType: string;
  data: string | null;
  isComposing: boolean;
}

/** Where the sign is that was typed now; null if another text was written, pasted, or composed by an input method. */
export function typedSign(
  sign: string,
  { inputType, data, isComposing }: Typed,
  text: string,
  caret: number,
): number | null {
  if (isComposing || inputType !== "insertText" || data !== sign || text[caret - 1] !== sign) return null;
  const before = text[caret - 2];
  return before === undefined || /\s/.test(before) ? caret - 1 : null;
}

/** Whether the sign still stands there, and what follows it may be searched for. */
export function isStillAsked(sign: string, text: string, start: number): boolean {
  const next = text[start + 1] ?? "";
  return text[start] === sign && next !== sign && !/\s/.test(next);
}
