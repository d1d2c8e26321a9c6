// Puts a message, or the part of it that is selected, into the text box as a quote. A quote says no name: who reads it knows
// which side wrote it, and may not know more (leak 15).

import { cutText } from "../../i18n/graphemes";
import { MASK } from "../../i18n/hidden-words";
import { quote } from "../../ui/marked-text";
import { insertText } from "../../ui/insert-text";

const MOST = 300; // characters of a message: an answer is more than what it answers

const messageBox = (): HTMLTextAreaElement | null => document.querySelector(".composer textarea");

/** Whether there is a text box: nobody answers in a thread that has ended. */
export const canQuote = (): boolean => messageBox() !== null;

/** What is selected in a message; empty if that is not within it. */
export function selectedIn(message: Element | null): string {
  const selection = getSelection();
  const isInside = [selection?.anchorNode, selection?.focusNode].every((node) => node && message?.contains(node));
  return isInside ? (selection?.toString().trim() ?? "") : "";
}

/** The quote is on lines of its own, at the cursor. The box's own undo takes it back. */
export function quoteMessage(text: string): void {
  const area = messageBox();
  if (!area) return;
  const { selectionStart: start, selectionEnd: end, value } = area;
  const isNewLine = start === 0 || value[start - 1] === "\n";
  const shown = text.replaceAll(MASK, "…"); // who asked must not read that words are hidden
  insertText(area, `${isNewLine ? "" : "\n"}${quote(cutText(shown, MOST))}`, { start, end });
}
