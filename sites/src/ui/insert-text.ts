// Writes into a text box as a person would: its own undo takes the whole text back in one step.

export interface TextRange {
  start: number;
  end: number;
}

/** Writes a text in place of a range. The cursor follows it. An empty text deletes the range. */
export function insertText(area: HTMLTextAreaElement, text: string, { start, end }: TextRange): void {
  area.focus();
  area.setSelectionRange(start, end);
  // It is called obsolete, and nothing else has taken its place: what a script sets by itself, no undo knows.
  const isDone = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
  if (!isDone) setText(area, text, { start, end });
}

/** The same, but the focus stays where it is, and the undo of the text box does not know of it. */
export function setText(area: HTMLTextAreaElement, text: string, { start, end }: TextRange): void {
  area.setRangeText(text, start, end, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}
