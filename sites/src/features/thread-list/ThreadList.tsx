// A list of threads shows the other side, the subject, the last message and how many are new. It shows nothing that its
// viewer may not know.

import { type ComponentChildren, Fragment } from "preact";
import { currentMinute } from "../../browser/server-clock";
import { unreadCount } from "../../sync/reducer";
import type { Row } from "../../api/protocol";
import type { Mailbox } from "../../api/types";
import { loadOlderThreads } from "../../sync/sync";
import { href, route } from "../../browser/route";
import { pictureUrl } from "../../sync/picture-url";
import { account, mySide, olderCursors, session, typingThreads, view } from "../../sync/store";
import { shortDate, fullDateTime } from "../../i18n/time";
import { messages } from "../../i18n/messages";
import { useAction } from "../app/use-action";
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
  label: string;
  rows: readonly Row[];
  /** Whether the label is shown above the group. */
  hasHeading?: boolean;
}

interface ThreadListProps extends RowProps {
  groups: readonly Group[];
  shelf: Mailbox;
  /** Shown in place of the list while there is no thread at all. */
  empty: ComponentChildren;
  isEmpty: boolean;
  filters?: ComponentChildren;
  /** Below the groups, above the button for older threads. */
  footer?: ComponentChildren;
  /** Below everything. */
  children?: ComponentChildren;
}

export function ThreadList({ groups, shelf, empty, isEmpty, filters, footer, children, ...rowProps }: ThreadListProps) {
  if (isEmpty) return <>{empty}</>;
  const Heading = route.value.id === "" ? "h2" : "h3"; // the list's own title is one level higher
  return (
    <div class="list-body">
      {filters}
      {groups.map(
        ({ label, rows, hasHeading }) =>
          rows.length > 0 && (
            <Fragment key={label}>
              {hasHeading && <Heading class="list-heading">{label}</Heading>}
              <ThreadRows rows={rows} label={label} {...rowProps} />
            </Fragment>
          ),
      )}
      {footer}
      <ShowOlderButton shelf={shelf} />
      {children}
    </div>
  );
}

/** Open threads, and under a heading the ended ones. */
export const openAndEnded = (rows: readonly Row[]): Group[] => [
  { label: messages.list.open, rows: rows.filter((row) => row.state === "open") },
  { label: messages.list.ended, rows: rows.filter((row) => row.state === "terminated"), hasHeading: true },
];

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
  return (
    <a
      href={href(page, row.id)}
      class={unreadMessages ? "thread-row unread" : "thread-row"}
      aria-current={isOpen ? "page" : undefined}
    >
      <Avatar name={name} pictureUrl={pictureUrl(picture)} />
      <span class="row-name">{name}</span>
      <Time class="row-time" at={row.at} text={shortDate(row.at, currentMinute.value)} full={fullDateTime(row.at)} />
      <span class="row-subject" dir="auto">
        {row.subject}
      </span>
      <span class="row-preview" dir="auto">
        <LastMessage row={row} name={name} ownText={ownText} />
      </span>
      {tag && <span class="row-tag">{tag}</span>}
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
  if (draft) return <em>{messages.list.draft(draft.slice(0, 80))}</em>;
  if (!row.last) return null;
  return row.last.side === mySide(row) ? <>{ownText(row.last.text)}</> : <>{row.last.text}</>;
}

function ShowOlderButton({ shelf }: { shelf: Mailbox }) {
  const [busy, run] = useAction();
  if (!olderCursors.value[shelf]) return null;
  return (
    <button
      type="button"
      class="button quiet show-older"
      aria-disabled={busy}
      onClick={() => run(() => loadOlderThreads(shelf))}
    >
      {messages.list.showOlder}
    </button>
  );
}
