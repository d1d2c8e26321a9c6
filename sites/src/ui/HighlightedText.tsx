// A text in which words are marked that a person has searched for, and what is hidden from somebody.

import type { ComponentChildren } from "preact";
import { useContext } from "preact/hooks";
import { findWords } from "../i18n/find-words";
import { HiddenPartsContext } from "./hidden-parts";

export function HighlightedText({ text, words }: { text: string; words: readonly string[] }): ComponentChildren {
  const hidden = useContext(HiddenPartsContext);
  if (!hidden) return <>{highlighted(text, words)}</>;
  const { find, label, isMask } = hidden;
  return (
    <>
      {find(text).map((part, at) => {
        if (!part.isFound) return highlighted(part.text, words);
        return isMask ? (
          <span key={at} class="mask" role="img" aria-label={label}>
            {part.text}
          </span>
        ) : (
          <span key={at} class="hidden-word" title={label}>
            {highlighted(part.text, words)}
          </span>
        );
      })}
    </>
  );
}

const highlighted = (text: string, words: readonly string[]): ComponentChildren =>
  words.length
    ? findWords(text, words).map((part, at) => (part.isFound ? <mark key={at}>{part.text}</mark> : part.text))
    : text;
