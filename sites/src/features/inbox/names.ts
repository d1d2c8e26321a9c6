// A school sees the names of the owner, the worker and the author of each message.

import type { Message } from "../thread/timeline";
import type { SchoolRow } from "../../api/protocol";
import type { Person } from "../../api/types";
import { loadTeam, refresh } from "../../sync/sync";
import { me, onThreadChange, people, personName, session, team } from "../../sync/store";
import { messages } from "../../i18n/messages";
import { isReceived } from "../../sync/inbox-status";

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

/**
 * If a thread has a worker who is not in the list of workers, that worker has joined since: loads the list again. Call
 * once.
 */
export function watchUnknownWorkers(): void {
  let requested = "";
  onThreadChange((_, __, { row }) => {
    if (!row || !isReceived(row) || row.worker === null || row.worker === requested) return;
    if (!team.peek() || team.peek()?.workers.some(({ id }) => id === row.worker)) return;
    requested = row.worker;
    if (session.socket.isReachable.peek()) void refresh(loadTeam());
  });
}
