// A list of threads shows the other side, the subject, the last message and how many are new. It shows nothing that its
// viewer may not know.

import type { ComponentChildren } from "preact";
import { currentMinute } from "../../browser/server-clock";
import { unreadCount } from "../../sync/reducer";
import type { Row } from "../../api/protocol";
import type { Mailbox } from "../../api/types";
import { isWaiting } from "../../sync/inbox-status";
import { loadMoreThreads } from "../../sync/sync";
import { listedRows, listKey, type ListQuery, loadedLists } from "../../sync/thread-lists";
import { href, route } from "../../browser/route";
import { pictureUrl } from "../../sync/picture-url";
import { account, mySide, session, typingThreads, view } from "../../sync/store";
import { duration, shortDate, fullDateTime } from "../../i18n/time";
import { cutText } from "../../i18n/graphemes";
import { messages } from "../../i18n/messages";
import { useAction } from "../app/use-action";
import { LoadFailure } from "../../ui/LoadFailure";
import { Skeleton } from "../../ui/Skeleton";
import { useList } from "./use-list";
import { Badge } from "../../ui/Badge";
import { Time } from "../../ui/Time";
import { Avatar } from "../../ui/Avatar";

/** How a site shows a thread in a list. */
interface RowProps {
  page: string;
  nameOf: (row: Row) => string;
  /** The picture of whom the thread is with, if they have one. */
  pictureOf?: (row: Row) => string;
  /** A tag at the end of the row, such as who handles the thread. */
  tag?: (row: Row) => ComponentChildren;
  /** "You", or "Us" where several people write for one side. */
  ownText: (text: string) => string;
}

interface Group {
  list: ListQuery;
  label: string;
  /** Whether the label is shown above the group. */
  hasHeading?: boolean;
}

interface ThreadListProps extends RowProps {
  groups: readonly Group[];
  /** Shown in place of the groups while all of them are empty. */
  empty: ComponentChildren;
  filters?: ComponentChildren;
  /** Below everything. */
  children?: ComponentChildren;
}

export function ThreadList({ groups, empty, filters, children, ...rowProps }: ThreadListProps) {
  const isEmpty = groups.every(({ list }) => {
    const loaded = loadedLists.value.get(listKey(list));
    return loaded?.next === null && listedRows(list).length === 0;
  });
  return (
    <div class="list-body">
      {filters}
      {groups.map((group) => (
        <ThreadGroup key={listKey(group.list)} {...group} {...rowProps} />
      ))}
      {isEmpty ? empty : children}
    </div>
  );
}

/** Open threads, and under a heading the ended ones. */
export const openAndEnded = (shelf: Mailbox): Group[] => [
  { list: { shelf, show: "open" }, label: messages.list.open },
  { list: { shelf, show: "ended" }, label: messages.list.ended, hasHeading: true },
];

function ThreadGroup({ list, label, hasHeading, ...rowProps }: Group & RowProps) {
  const { rows, isLoaded, hasMore, error, retry } = useList(list);
  const Heading = route.value.id === "" ? "h2" : "h3"; // the list's own title is one level higher
  if (error) return <LoadFailure text={error} retry={retry} />;
  if (!isLoaded) return <Skeleton label={messages.list.loading} lines={6} rows />;
  if (rows.length === 0) return null;
  return (
    <>
      {hasHeading && <Heading class="list-heading">{label}</Heading>}
      <ThreadRows rows={rows} label={label} {...rowProps} />
      {hasMore && <ShowMoreButton list={list} />}
    </>
  );
}

function ThreadRows({
  rows,
  label,
  page,
  nameOf,
  pictureOf,
  tag,
  ownText,
}: RowProps & { rows: readonly Row[]; label: string }) {
  return (
    <ul class="thread-rows" aria-label={label}>
      {rows.map((row) => (
        <li key={row.id}>
          <ThreadLink
            row={row}
            page={page}
            name={nameOf(row)}
            picture={pictureOf?.(row) ?? ""}
            tag={tag?.(row)}
            ownText={ownText}
          />
        </li>
      ))}
    </ul>
  );
}

interface ThreadLinkProps {
  row: Row;
  page: string;
  name: string;
  picture: string;
  tag: ComponentChildren;
  ownText: (text: string) => string;
}

function ThreadLink({ row, page, name, picture, tag, ownText }: ThreadLinkProps) {
  const unreadMessages = unreadCount(view.value, row);
  const isOpen = route.value.id === row.id;
  const age =
    "turn_since" in row && isWaiting(row) ? messages.list.waits(duration(currentMinute.value - row.turn_since)) : "";
  return (
    <a
      href={href(page, row.id)}
      class={unreadMessages ? "thread-row unread" : "thread-row"}
      aria-current={isOpen ? "page" : undefined}
    >
      <Avatar name={name} pictureUrl={pictureUrl(picture)} />
      <bdi class="row-name">{name}</bdi>
      <Time class="row-time" at={row.at} text={shortDate(row.at, currentMinute.value)} full={fullDateTime(row.at)} />
      <span class="row-subject" dir="auto">
        {row.subject}
      </span>
      <span class="row-preview" dir="auto">
        <LastMessage row={row} name={name} ownText={ownText} />
      </span>
      {(tag || age) && (
        <span class="row-tag">
          {tag}
          {age && <span class="tag">{age}</span>}
        </span>
      )}
      {unreadMessages > 0 && <Badge count={unreadMessages} text={messages.list.unread(unreadMessages)} />}
    </a>
  );
}

function LastMessage({ row, name, ownText }: { row: Row; name: string; ownText: (text: string) => string }) {
  const ownAccount = account.value;
  const unsent = (ownAccount?.outbox.items.value ?? []).filter(
    ({ kind, about }) => kind === "message" && about === row.id,
  );
  const isStuck = !session.socket.isReachable.value || unsent.some((item) => item.refused !== null);
  if (unsent.length && isStuck) return <em>{messages.list.unsent}</em>;
  if (typingThreads.value.has(row.id)) return <em>{messages.thread.typing(name)}</em>;
  const draft = route.value.id === row.id ? "" : ownAccount?.drafts.get(row.id).text;
  if (draft) return <em>{messages.list.draft(cutText(draft, 80))}</em>;
  if (!row.last) return null;
  return row.last.side === mySide(row) ? <>{ownText(row.last.text)}</> : <>{row.last.text}</>;
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
