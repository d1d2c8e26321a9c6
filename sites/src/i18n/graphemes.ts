// A text is cut between what people see as characters, never through a flag, an emoji or a letter with its accents.

const PLAIN = /^[ -~]*$/; // each letter is a character: it is read at once
const segmenter = "Segmenter" in Intl ? new Intl.Segmenter() : null; // a browser without one sees code points

/** At most so many characters of a text. In place of what is cut off stands an ellipsis. */
export function cutText(text: string, most: number, ellipsis = "…"): string {
  if (PLAIN.test(text)) return text.length > most ? text.slice(0, most).trimEnd() + ellipsis : text;
  const characters = segmenter ? Array.from(segmenter.segment(text), ({ segment }) => segment) : [...text];
  return characters.length > most ? characters.slice(0, most).join("").trimEnd() + ellipsis : text;
}
