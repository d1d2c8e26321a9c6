// What a school's page loads again because a thread has changed. It shows nothing, and begins after the first page.

import { watchInboxCounts } from "../../sync/inbox-counts";
import { isReceived } from "../../sync/inbox-status";
import { onThreadChange, session, team } from "../../sync/store";
import { loadTeam, refresh } from "../../sync/sync";

/**
 * If a thread has a worker who is not in the list of workers, that worker has joined since: loads the list again.
 */
function watchUnknownWorkers(): void {
  let requested = "";
  onThreadChange((_, __, { row }) => {
    if (!row || !isReceived(row) || row.worker === null || row.worker === requested) return;
    if (!team.peek() || team.peek()?.workers.some(({ id }) => id === row.worker)) return;
    requested = row.worker;
    if (session.socket.isReachable.peek()) void refresh(loadTeam());
  });
}

watchUnknownWorkers();
watchInboxCounts();

export const InboxWatch = () => null;
