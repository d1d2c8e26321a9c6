// Each thread of an inbox is in one place, by whose turn it is: new, with us, with a worker, waiting for them, or ended.

import type { Row, SchoolRow } from "../common/protocol";

export const PLACES = ["new", "us", "worker", "them", "ended"] as const;
export type Place = (typeof PLACES)[number];

export const isReceived = (row: Row): row is SchoolRow => row.as === "school";

export function placeOf(row: SchoolRow): Place {
  if (row.state === "terminated") return "ended";
  if (row.worker !== null) return "worker";
  if (row.seq === row.theirs) return "new"; // nothing in the log but what they wrote
  return row.last?.side === "school" ? "them" : "us";
}

/** Open threads in which the other side had the last word, whoever has them, the one that waits longest first. */
export const waiting = (found: readonly SchoolRow[]): SchoolRow[] =>
  found.filter((row) => row.state === "open" && row.last?.side === "raiser").sort((a, b) => a.at - b.at);
