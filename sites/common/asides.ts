// What stands beside a log is a set of entries by their number: whatever arrives twice or late stands once, in its place.

import type { Noted } from "./protocol";

export type Aside = Noted["entry"];

/** The numbers may have gaps: some entries are not for this viewer. */
export function withAside(held: readonly Aside[], entry: Aside): readonly Aside[] {
  if (held.some(({ seq }) => seq === entry.seq)) return held;
  return [...held, entry].sort((a, b) => a.seq - b.seq);
}
