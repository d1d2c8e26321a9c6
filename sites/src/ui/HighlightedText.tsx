// A text in which words are marked that a person has searched for.

import type { ComponentChildren } from "preact";
import { findWords } from "../i18n/find-words";

export function HighlightedText({ text, words }: { text: string; words: readonly string[] }): ComponentChildren {
  return (
    <>{findWords(text, words).map((part, at) => (part.isFound ? <mark key={at}>{part.text}</mark> : part.text))}</>
  );
}
