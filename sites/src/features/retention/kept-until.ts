// When a thread ends or is deleted because no one writes. It follows from what everyone who has the thread is shown alike,
// so nothing about one thread is asked of the server for it.

import type { Row } from "../../api/protocol";
import type { Me } from "../../api/types";

const DAY = 86_400_000;
const WARNED_DAYS = 14; // before the day of a thread, from which on the thread says it

/** The first moment (ms) at which a thread may end, or be deleted if it has ended. Undefined if it is far, or never. */
export function keptUntil(
  { state, at }: Pick<Row, "state" | "at">,
  retention: Me["retention"] | undefined,
  now: number,
): number | undefined {
  const days = state === "open" ? retention?.ends_after : retention?.deleted_after;
  if (!retention || !days) return undefined;
  const moment = Math.max(at + days * DAY, retention.not_before);
  return moment - now <= WARNED_DAYS * DAY ? moment : undefined;
}
