// What a thread's own internal entries tell of the workers who had it: who knows it, and who gave it back with a reason.

import type { InternalEntry } from "../../sync/internal-notes";

/** How a worker last gave up the thread. Who has it now is in neither. */
export type Past = "had" | "handedBack";

/**
 * A reason is a note of the worker that is written together with the line that the school has the thread again: the next
 * number, at the same millisecond. To hand back without a reason is the same as to be taken off.
 */
export function pastOfThread(entries: readonly InternalEntry[]): ReadonlyMap<string, Past> {
  const past = new Map<string, Past>();
  let handler: string | null = null;
  entries.forEach((entry, at) => {
    if (entry.as !== "assigned") return;
    if (handler !== null) past.set(handler, isReason(entries[at - 1], handler, entry) ? "handedBack" : "had");
    handler = entry.worker;
    if (handler !== null) past.delete(handler);
  });
  return past;
}

type Assigned = Extract<InternalEntry, { as: "assigned" }>;

const isReason = (before: InternalEntry | undefined, handler: string, assigned: Assigned): boolean =>
  assigned.worker === null &&
  before?.as === "school_note" &&
  before.author === handler &&
  before.seq === assigned.seq - 1 &&
  before.at === assigned.at;
