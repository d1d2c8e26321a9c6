// Each thread of an inbox has one status: new, with us, with a worker, waiting for them, or ended. Filters, tags and
// counts all follow from it; the server counts by the same rule (`domain/thread_status.py`).

import type { Row, SchoolRow } from "../api/protocol";
import type { Overview } from "../api/types";
import { now } from "../browser/server-clock";
import type { Thread } from "./reducer";

export const INBOX_STATUSES = ["new", "us", "worker", "them", "snoozed", "ended"] as const;
export type InboxStatus = (typeof INBOX_STATUSES)[number];

export const isReceived = (row: Row): row is SchoolRow => row.as === "school";

/** Whether this viewer has put a thread off: it is not time yet, and the other side has not written since. */
export const isSnoozed = ({ row, snooze }: Thread): boolean =>
  row?.state === "open" &&
  snooze?.theirs === row.theirs &&
  snooze.until !== null &&
  (snooze.until === 0 || now() < snooze.until);

/** The status of a thread that is not snoozed. */
export function inboxStatus(row: SchoolRow): InboxStatus {
  if (row.state === "terminated") return "ended";
  if (row.worker !== null) return "worker";
  if (row.seq === row.theirs) return "new"; // all messages are theirs
  return row.last?.side === "school" ? "them" : "us";
}

/** Whether the other side waits for an answer of the school's side, whoever handles the thread. */
export const isWaiting = (row: Row): boolean => row.state === "open" && row.last?.side !== "school";

/** How many threads the server counts in a filter of the inbox. */
export const countOf = (counts: Overview, filter: InboxStatus | "open" | "all"): number =>
  ({
    open: counts.open,
    new: counts.new,
    us: counts.with_us,
    worker: counts.with_workers,
    them: counts.with_them,
    snoozed: counts.snoozed,
    ended: counts.ended,
    all: counts.open + counts.snoozed + counts.ended,
  })[filter];
