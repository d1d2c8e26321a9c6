// Loads the internal entries of a thread, which only the details panel shows.

import { signal } from "@preact/signals";
import { errorMessage } from "../api/client";
import type { InternalEntryPage } from "../api/types";
import { addInternalEntries, internalNotes, late, peekThread, session, setInternalNotesError } from "./store";

/** The threads whose internal entries were all loaded once: frames add to them. Of others only some may be known. */
export const loadedNotes = signal<ReadonlySet<string>>(new Set());

/** Loads all internal entries of a thread, or says why it cannot: a list that is shown already stays. */
export async function loadInternalNotes(id: string): Promise<void> {
  setInternalNotesError(id, null);
  try {
    await loadPages(id);
    loadedNotes.value = new Set(loadedNotes.peek()).add(id);
  } catch (error) {
    if (!internalNotes.peek().has(id)) setInternalNotesError(id, errorMessage(error));
    throw error;
  }
}

/** There are few internal entries, and their numbers have gaps. */
async function loadPages(id: string): Promise<void> {
  const { gone } = peekThread(id);
  let after: number | null = 0;
  while (after !== null) {
    const page: InternalEntryPage = await session.call("readNotes", { after }, id);
    if (peekThread(id).gone !== gone) return loadPages(id); // their texts are shown otherwise since
    addInternalEntries(id, page.entries);
    after = page.next;
  }
}

late.notes = loadInternalNotes;
