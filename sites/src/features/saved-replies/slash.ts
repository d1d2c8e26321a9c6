// "/" at the start of a line or of a word asks for the saved replies. Inside a word, as in "and/or", it is a character
// like any other.

interface Typed {
  inputType: string;
  data: string | null;
  isComposing: boolean;
}

/** Where the "/" is that was typed now; null if another text was written, pasted, or composed by an input method. */
export function typedSlash({ inputType, data, isComposing }: Typed, text: string, caret: number): number | null {
  if (isComposing || inputType !== "insertText" || data !== "/" || text[caret - 1] !== "/") return null;
  const before = text[caret - 2];
  return before === undefined || /\s/.test(before) ? caret - 1 : null;
}
