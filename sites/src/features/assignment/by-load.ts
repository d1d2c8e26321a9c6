// The order in which workers are offered a thread.

import type { WorkerCard } from "../../api/types";
import { locale } from "../../i18n/messages";

/** Those who have joined: who has the fewest open threads first, then by name. */
export const byLoad = (workers: readonly WorkerCard[]): WorkerCard[] =>
  workers.filter(({ joined }) => joined).sort((a, b) => a.load - b.load || a.name.localeCompare(b.name, locale));
