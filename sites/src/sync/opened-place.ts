// The place in a thread that a person has opened from what a search found: it is shown, and the words are marked there.

import { computed, effect, signal } from "@preact/signals";
import { openThreadId } from "../browser/route";
import { wordsOf } from "../i18n/find-words";

interface OpenedPlace {
  id: string;
  /** Of the message; 0 for the thread as it opens by itself. */
  seq: number;
  /** Whether it is a note. */
  isNote: boolean;
  /** What was searched for. */
  text: string;
}

export const openedPlace = signal<OpenedPlace | null>(null);

/** The words to mark in the open thread. */
export const markedWords = computed(() => {
  const place = openedPlace.value;
  return place?.id === openThreadId.value ? wordsOf(place.text) : [];
});

/** The words are marked until another thread is opened. */
effect(() => {
  const id = openThreadId.value;
  const place = openedPlace.peek();
  if (id && place && place.id !== id) openedPlace.value = null;
});
