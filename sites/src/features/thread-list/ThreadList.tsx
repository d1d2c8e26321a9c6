// A list of threads, and what is shown in its place while it is loaded or empty.

import type { ComponentChildren } from "preact";
import type { Mailbox } from "../../api/types";
import { loadMoreThreads } from "../../sync/sync";
import { listKey, type ListQuery, loadedList, type ThreadList as LoadedList } from "../../sync/thread-lists";
import { route } from "../../browser/route";
import { messages } from "../../i18n/messages";
import { useAction } from "../app/use-action";
import { lazyPage, lazyPart } from "../app/lazy-page";
import { LoadFailure } from "../../ui/LoadFailure";
import { PageLoading } from "../app/PageLoading";
import { type RowProps, ThreadLink } from "./ThreadLink";
import { useSteadyOrder } from "./steady-order";
import { useList } from "./use-list";

export interface Group {
  list: ListQuery;
  label: string;
  /** Whether the label is shown above the group. */
  hasHeading?: boolean;
}

interface ThreadListProps extends RowProps {
  groups: readonly Group[];
  /** The mailbox whose order a person can choose here. */
  sorted?: Mailbox | undefined;
  /** Shown in place of the groups while all of them are empty. */
  empty: ComponentChildren;
  filters?: ComponentChildren;
  /** Beside the order of the list. */
  tools?: ComponentChildren;
  /** Below everything. */
  children?: ComponentChildren;
}

export function ThreadList({ groups, sorted, empty, filters, tools, children, ...rowProps }: ThreadListProps) {
  const isEmpty = groups.every(({ list }) => {
    const loaded = loadedList(list);
    return loaded?.next.value === null && loaded.isEmpty.value;
  });
  const firstMissing = groups.find(({ list }) => !loadedList(list));
  return (
    <div class="list-body">
      <ThreadSearch />
      {filters}
      {(sorted ?? tools) && (
        <div class="list-tools">
          {sorted && (
            <div class="list-sort">
              <SortSelect shelf={sorted} />
            </div>
          )}
          {tools}
        </div>
      )}
      {groups.map((group) => (
        <ThreadGroup key={listKey(group.list)} {...group} {...rowProps} hasSkeleton={group === firstMissing} />
      ))}
      {isEmpty ? empty : children}
    </div>
  );
}

const SortSelect = lazyPart(() => import("./SortSelect").then((part) => part.SortSelect));
const ThreadSearch = lazyPart(() => import("../search/ThreadSearch").then((part) => part.ThreadSearch));

/** Longer lists have only the rows near those that are seen in the document. */
const SHORT_LIST = 100;

const LongRows = lazyPage(() => import("./LongRows").then((part) => part.LongRows));

function ThreadGroup({
  list: query,
  label,
  hasHeading,
  hasSkeleton,
  ...rowProps
}: Group & RowProps & { hasSkeleton: boolean }) {
  const { list, error, retry } = useList(query);
  const Heading = route.value.id === "" ? "h2" : "h3"; // the list's own title is one level higher
  if (error) return <LoadFailure text={error} retry={retry} />;
  if (!list) return hasSkeleton ? <PageLoading label={messages.list.loading} lines={6} rows /> : null;
  if (list.isEmpty.value) return null;
  return (
    <>
      {hasHeading && <Heading class="list-heading">{label}</Heading>}
      <ThreadRows list={list} label={label} rowProps={rowProps} />
      {list.next.value !== null && <ShowMoreButton list={query} />}
    </>
  );
}

function ThreadRows({ list, label, rowProps }: { list: LoadedList; label: string; rowProps: RowProps }) {
  const ids = useSteadyOrder(list.query, list.ids.value);
  if (ids.length > SHORT_LIST) return <LongRows list={list} ids={ids} label={label} rowProps={rowProps} />;
  return (
    <ul class="thread-rows" aria-label={label}>
      {ids.map((id) => (
        <li key={id}>
          <ThreadLink id={id} {...rowProps} />
        </li>
      ))}
    </ul>
  );
}

function ShowMoreButton({ list }: { list: ListQuery }) {
  const [busy, run] = useAction();
  return (
    <button
      type="button"
      class="button quiet show-older"
      aria-disabled={busy}
      onClick={() => run(() => loadMoreThreads(list))}
    >
      {list.show === "ended" || list.show === null ? messages.list.showOlder : messages.list.showMore}
    </button>
  );
}
