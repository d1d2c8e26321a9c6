// The threads that a school has received: which are new, whose turn each one is, who handles it, and how long it waits.

import { ThreadSplitView } from "../../../src/features/app/ThreadSplitView";
import { usePageTitle } from "../../../src/features/app/use-page-title";
import { sortInAddress } from "../../../src/features/thread-list/sort-in-address";
import { ThreadList } from "../../../src/features/thread-list/ThreadList";
import { ThreadPlaceholder } from "../../../src/features/thread/ThreadPlaceholder";
import type { Row } from "../../../src/api/protocol";
import { changeQuery, route } from "../../../src/browser/route";
import { hasThreads, inboxCounts, openRow } from "../../../src/sync/store";
import { formatNumber, messages } from "../../../src/i18n/messages";
import { countOf, isReceived, type InboxStatus, inboxStatus, INBOX_STATUSES } from "../../../src/sync/inbox-status";
import { hasOwnOrder, type ListQuery } from "../../../src/sync/thread-lists";
import { ownerName, workerName } from "../../../src/features/inbox/names";
import { lazyPage, lazyPart, lazyThread } from "../../../src/features/app/lazy-page";
import { DetailsPanel } from "../../../src/features/thread/DetailsPanel";

const { inbox: texts } = messages;
const FILTERS = ["open", ...INBOX_STATUSES, "all"] as const;
type Filter = InboxStatus | "open" | "all";

const SchoolThread = lazyThread(() =>
  import("../../../src/features/inbox/SchoolThread").then((part) => part.SchoolThread),
);
const SchoolThreadDetails = lazyThread(() =>
  import("../../../src/features/inbox/SchoolThreadDetails").then((part) => part.SchoolThreadDetails),
);
const EmptyInbox = lazyPage(() => import("./EmptyInbox").then((part) => part.EmptyInbox));
const BulkAssignButton = lazyPart(() =>
  import("../../../src/features/assignment/BulkAssign").then((part) => part.BulkAssignButton),
);
const WorkerFilters = lazyPage(() => import("./WorkerFilters").then((part) => part.WorkerFilters));

/** The filter in the address, so that it is there after a reload and after another page. */
function filterInAddress(): { filter: Filter; worker: string } {
  const query = new URLSearchParams(route.value.query ?? "");
  const filter = FILTERS.find((name) => name === query.get("show")) ?? "open";
  return { filter, worker: filter === "worker" ? (query.get("worker") ?? "") : "" };
}

const showFilter = (filter: Filter, worker = ""): void =>
  changeQuery({ show: filter === "open" ? "" : filter, worker });

export function InboxPage() {
  const { id } = route.value;
  const open = openRow.value;
  const row = open && isReceived(open) ? open : null;
  const { filter, worker } = filterInAddress();
  const shown = worker ? workerName(worker) : texts[filter];
  usePageTitle(filter === "open" ? "" : messages.filtered(messages.nav.inbox, shown));
  return (
    <ThreadSplitView
      title={messages.nav.inbox}
      list={<InboxList filter={filter} worker={worker} />}
      thread={
        row ? (
          <SchoolThread key={id} row={row} />
        ) : (
          <ThreadPlaceholder
            isEmpty={!hasThreads("school")}
            title={messages.threads.pick}
            text={texts.pickText}
            waiting={{ shelf: "received", nameOf }}
          />
        )
      }
      details={
        row && (
          <DetailsPanel>
            <SchoolThreadDetails key={id} row={row} />
          </DetailsPanel>
        )
      }
    />
  );
}

const nameOf = (row: Row): string => (isReceived(row) ? ownerName(row) : "");
const tag = (row: Row) => <Tag row={row} />;

function InboxList({ filter, worker }: { filter: Filter; worker: string }) {
  const filtered: ListQuery = { shelf: "received", show: filter === "all" ? null : filter, ...(worker && { worker }) };
  const isSorted = !hasOwnOrder(filtered);
  const sort = isSorted ? sortInAddress("received") : undefined;
  const list: ListQuery = { ...filtered, ...(sort && { sort }) };
  const counts = inboxCounts.value;
  const total = counts && counts.open + counts.snoozed + counts.ended;
  const hasNone = total === 0 && (filter === "open" || filter === "all");
  return (
    <ThreadList
      page="inbox"
      nameOf={nameOf}
      tag={tag}
      ownText={messages.list.us}
      groups={[{ label: texts[filter], list }]}
      sorted={isSorted && !hasNone ? "received" : undefined}
      tools={!hasNone && filter !== "ended" && <BulkAssignButton list={list} />}
      empty={counts && <EmptyInbox hasNone={hasNone} filter={filter} showAll={() => showFilter("all")} />}
      filters={
        !hasNone && (
          <div class="filter-bar">
            <Filters filter={filter} />
            {filter === "worker" && <WorkerFilters worker={worker} show={(id) => showFilter("worker", id)} />}
          </div>
        )
      }
    />
  );
}

function Filters({ filter }: { filter: Filter }) {
  const counts = inboxCounts.value;
  return (
    <fieldset class="filters">
      <legend class="visually-hidden">{texts.show}</legend>
      {FILTERS.map((name) => (
        <label key={name} class="filter">
          <input type="radio" name="status" checked={filter === name} onChange={() => showFilter(name)} />
          <span>
            {texts[name]} {counts && <b>{formatNumber(countOf(counts, name))}</b>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Tag({ row }: { row: Row }) {
  if (!isReceived(row)) return null;
  const status = inboxStatus(row);
  const text = row.worker
    ? texts.with(workerName(row.worker))
    : status === "new" || status === "ended"
      ? texts[status]
      : "";
  return text ? (
    <span key={text} class={row.worker || status === "ended" ? "tag" : "tag tag-new"}>
      {text}
    </span>
  ) : null;
}
