// The order in which workers are offered a thread.

import type { WorkerCard } from "../../api/types";
import { locale } from "../../i18n/messages";
import type { Past } from "./past-of-thread";

const NO_PAST: ReadonlyMap<string, Past> = new Map();

/**
 * Those who have joined: first who had this thread before, last who handed it back with a reason or takes no threads now.
 * Of each of these, who has the fewest open threads comes first, then the name decides.
 */
export const byLoad = (workers: readonly WorkerCard[], past = NO_PAST): WorkerCard[] =>
  workers
    .filter(({ joined }) => joined)
    .sort((a, b) => rank(a, past) - rank(b, past) || a.load - b.load || a.name.localeCompare(b.name, locale));

function rank({ id, available }: WorkerCard, past: ReadonlyMap<string, Past>): number {
  if (!available || past.get(id) === "handedBack") return 2;
  return past.get(id) === "had" ? 0 : 1;
}
