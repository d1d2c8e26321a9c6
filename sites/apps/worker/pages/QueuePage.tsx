// The threads that are assigned to a worker. They carry aliases, which do not tell who asked.

import { DetailsPanel } from "../../../src/features/thread/DetailsPanel";
import { EmptyState } from "../../../src/ui/EmptyState";
import { lazyThread } from "../../../src/features/app/lazy-page";
import { ThreadSplitView } from "../../../src/features/app/ThreadSplitView";
import { sortInAddress } from "../../../src/features/thread-list/sort-in-address";
import { hasOrder, openAndEnded } from "../../../src/features/thread-list/open-and-ended";
import { ThreadList } from "../../../src/features/thread-list/ThreadList";
import { ThreadPlaceholder } from "../../../src/features/thread/ThreadPlaceholder";
import type { Row, WorkerRow } from "../../../src/api/protocol";
import { route } from "../../../src/browser/route";
import { hasThreads, openRow } from "../../../src/sync/store";
import { messages } from "../../../src/i18n/messages";
import { AvailabilitySwitch } from "../../../src/features/queue/AvailabilitySwitch";

const WorkerThread = lazyThread(() =>
  import("../../../src/features/queue/WorkerThread").then((part) => part.WorkerThread),
);
const WorkerThreadDetails = lazyThread(() =>
  import("../../../src/features/queue/WorkerThreadDetails").then((part) => part.WorkerThreadDetails),
);

const isHandled = (row: Row): row is WorkerRow => row.as === "worker";
const alias = (row: Row): string => (isHandled(row) ? row.alias : "");

export function QueuePage() {
  const { id } = route.value;
  const open = openRow.value;
  const row = open && isHandled(open) ? open : null;
  return (
    <ThreadSplitView
      title={messages.nav.threads}
      headerExtra={<AvailabilitySwitch />}
      list={<QueueList />}
      thread={
        row ? (
          <WorkerThread key={id} row={row} />
        ) : (
          <ThreadPlaceholder
            isEmpty={!hasThreads("worker")}
            title={messages.threads.pick}
            text={messages.queue.pickText}
            waiting={{ shelf: "handled", nameOf: alias }}
          />
        )
      }
      details={
        row && (
          <DetailsPanel>
            <WorkerThreadDetails key={id} row={row} />
          </DetailsPanel>
        )
      }
    />
  );
}

const snoozed = {
  list: { shelf: "handled", show: "snoozed" },
  label: messages.inbox.snoozed,
  hasHeading: true,
} as const;

function QueueList() {
  const [open, ended] = openAndEnded("handled", sortInAddress("handled"));
  return (
    <ThreadList
      page="threads"
      nameOf={alias}
      ownText={messages.list.us}
      groups={[open, snoozed, ended]}
      sorted={hasOrder([{ ...open, list: { shelf: "handled", show: "open" } }]) ? "handled" : undefined}
      empty={<EmptyState title={messages.queue.empty} text={messages.queue.emptyText} />}
    />
  );
}
