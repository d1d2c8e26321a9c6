// A text is cut between what people see as characters, never through a flag, an emoji or a letter with its accents.

const segmenter = "Segmenter" in Intl ? new Intl.Segmenter() : null;

/** The characters of a text as people see them. A browser without a segmenter sees code points. */
function* graphemes(text: string): Generator<string> {
  if (!segmenter) return yield* text;
  for (const { segment } of segmenter.segment(text)) yield segment;
}

/** At most so many characters of a text. In place of what is cut off stands an ellipsis. */
export function cutText(text: string, most: number, ellipsis = "…"): string {
  let shown = "";
  let count = 0;
  for (const character of graphemes(text)) {
    if (count++ === most) return shown.trimEnd() + ellipsis;
    shown += character;
  }
  return shown;
}
