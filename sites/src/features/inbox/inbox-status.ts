// Each thread of an inbox has one status: new, with us, with a worker, waiting for them, or ended.

import type { Row, SchoolRow } from "../../api/protocol";

export const INBOX_STATUSES = ["new", "us", "worker", "them", "ended"] as const;
export type InboxStatus = (typeof INBOX_STATUSES)[number];

export const isReceived = (row: Row): row is SchoolRow => row.as === "school";

export function inboxStatus(row: SchoolRow): InboxStatus {
  if (row.state === "terminated") return "ended";
  if (row.worker !== null) return "worker";
  if (row.seq === row.theirs) return "new"; // all messages are theirs
  return row.last?.side === "school" ? "them" : "us";
}

/** Open threads whose last message is from the raiser, the longest wait first. */
export const waitingLongestFirst = (found: readonly SchoolRow[]): SchoolRow[] =>
  found.filter((row) => row.state === "open" && row.last?.side === "raiser").sort((a, b) => a.at - b.at);
