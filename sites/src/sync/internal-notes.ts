// The internal entries of a thread are a set, ordered by number: an entry that arrives twice or late appears once, in
// its place.

import type { InternalEntryAdded } from "../api/protocol";

export type InternalEntry = InternalEntryAdded["entry"];

/** The numbers may have gaps: some entries are not for this viewer. */
export function insertEntry(entries: readonly InternalEntry[], entry: InternalEntry): readonly InternalEntry[] {
  if (entries.some(({ seq }) => seq === entry.seq)) return entries;
  return [...entries, entry].sort((a, b) => a.seq - b.seq);
}
