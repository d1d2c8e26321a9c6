// A school sees the names of the owner, the worker and the author of each message.

import type { Message } from "../thread/timeline";
import type { SchoolRow } from "../../api/protocol";
import type { Person } from "../../api/types";
import { me, people, personName, team } from "../../sync/store";
import { messages } from "../../i18n/messages";

export const ownerOf = (row: SchoolRow): Person | undefined => people.value.get(row.owner);
export const ownerName = (row: SchoolRow): string => personName(row.owner);

/** Empty until the team is known. */
export const workerName = (id: string): string =>
  team.value ? (team.value.workers.find((worker) => worker.id === id)?.name ?? messages.thread.formerWorker) : "";

export const authorOf =
  (row: SchoolRow) =>
  (message: Message): string | null => {
    if (message.as !== "school") return null;
    if (message.author === row.owner) return ownerName(row);
    return message.author === me.value?.id ? me.value.name : workerName(message.author);
  };
