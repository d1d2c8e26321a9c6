// A school sees the names of the owner and of the worker.

import type { SchoolRow } from "../../api/protocol";
import type { Person } from "../../api/types";
import { people, personName, team } from "../../sync/store";
import { messages } from "../../i18n/messages";

export const ownerOf = (row: SchoolRow): Person | undefined => people.value.get(row.owner);
export const ownerName = (row: SchoolRow): string => personName(row.owner);

/** Empty until the team is known. */
export const workerName = (id: string): string =>
  team.value ? (team.value.workers.find((worker) => worker.id === id)?.name ?? messages.thread.formerWorker) : "";
