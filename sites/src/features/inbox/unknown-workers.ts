// A thread may have a worker who is not in the list of workers: that worker has joined since, and the list is loaded again.

import { isReceived } from "../../sync/inbox-status";
import { onThreadChange, session, team } from "../../sync/store";
import { loadTeam, refresh } from "../../sync/sync";

/** Call once. */
export function watchUnknownWorkers(): void {
  let requested = "";
  onThreadChange((_, __, { row }) => {
    if (!row || !isReceived(row) || row.worker === null || row.worker === requested) return;
    if (!team.peek() || team.peek()?.workers.some(({ id }) => id === row.worker)) return;
    requested = row.worker;
    if (session.socket.isReachable.peek()) void refresh(loadTeam());
  });
}
