// The words of each thread that the school hides from its workers. They are in memory alone.

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { SchoolRow } from "../api/protocol";
import type { HiddenWords } from "../api/types";
import { late, loadCount, onThreadChange, session } from "./store";
import { refresh } from "./sync";

type Known = Pick<HiddenWords, "rev" | "words">;

const known = signal<ReadonlyMap<string, Known>>(new Map());

/** Takes what a frame or an answer says, unless something later is known. */
export function keepHiddenWords(id: string, { rev, words }: Known): void {
  if (rev >= (known.peek().get(id)?.rev ?? 0)) known.value = new Map(known.peek()).set(id, { rev, words });
}

late.hidden = (frame) => keepHiddenWords(frame.id, frame);
onThreadChange((id, _, { row }) => {
  if (row || !known.peek().has(id)) return;
  known.value = new Map([...known.peek()].filter(([thread]) => thread !== id));
});

const NONE: readonly string[] = [];

/** What is hidden in a thread, as far as this page knows it. */
export const hiddenWordsOf = (row: SchoolRow): readonly string[] =>
  row.hides ? (known.value.get(row.id)?.words ?? NONE) : NONE;

/** The same. It is loaded when it is first shown, and after each connection. */
export function useHiddenWords(row: SchoolRow): readonly string[] {
  const { id, hides } = row;
  const loads = loadCount.value;
  useEffect(() => {
    if (hides) void refresh(session.call("readHiddenWords", {}, id).then((found) => keepHiddenWords(id, found)));
  }, [id, hides, loads]);
  return hiddenWordsOf(row);
}
