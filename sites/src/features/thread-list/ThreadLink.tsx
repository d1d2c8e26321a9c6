// A row of a list of threads: the other side, the subject, the last message and how many are new. It shows nothing that its
// viewer may not know.

import { useComputed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { currentMinute } from "../../browser/server-clock";
import { unreadCount } from "../../sync/reducer";
import type { Row } from "../../api/protocol";
import { isSnoozed, isWaiting } from "../../sync/inbox-status";
import { href, route } from "../../browser/route";
import { pictureUrl } from "../../sync/picture-url";
import { account, internalNotes, mySide, session, thread, typingThreads } from "../../sync/store";
import { duration, shortDate, fullDateTime } from "../../i18n/time";
import { cutText } from "../../i18n/graphemes";
import { messages } from "../../i18n/messages";
import { withoutQuotes } from "../../i18n/without-quotes";
import { Badge } from "../../ui/Badge";
import { Time } from "../../ui/Time";
import { Avatar } from "../../ui/Avatar";

/** How a site shows a thread in a list. The functions stay the same, so that a row is drawn again for its own sake. */
export interface RowProps {
  page: string;
  nameOf: (row: Row) => string;
  /** The picture of whom the thread is with, if they have one. */
  pictureOf?: (row: Row) => string;
  /** A tag at the end of the row, such as who handles the thread. */
  tag?: (row: Row) => ComponentChildren;
  /** "You", or "Us" where several people write for one side. */
  ownText: (text: string) => string;
}

/** A row is drawn again when its own thread changes, or something else that it shows. */
export function ThreadLink({ id, ...props }: RowProps & { id: string }) {
  const { row } = thread(id);
  return row ? <LoadedLink row={row} {...props} /> : null;
}

function LoadedLink({ row, page, nameOf, pictureOf, tag, ownText }: RowProps & { row: Row }) {
  const name = useOfRow(row, nameOf);
  const picture = useOfRow(row, pictureOf ?? noPicture);
  const held = thread(row.id);
  const unreadMessages = unreadCount(held);
  const isMarked = useComputed(() => account.value?.marks.unread.value.has(row.id));
  const isMentioned = useComputed(() => account.value?.marks.hasMention(row.id));
  const isUnread = unreadMessages > 0 || isMarked.value;
  const news = [
    isMentioned.value && messages.list.mention,
    isUnread && (unreadMessages ? messages.list.unread(unreadMessages) : messages.list.markedUnread),
  ].filter(Boolean);
  const isOpen = useComputed(() => route.value.id === row.id);
  const waits = () =>
    "turn_since" in row && isWaiting(row) ? messages.list.waits(duration(currentMinute.value - row.turn_since)) : "";
  const age = isSnoozed(held) ? messages.inbox.snoozed : waits();
  const shownTag = tag?.(row);
  return (
    <a
      href={href(page, row.id)}
      class={isUnread ? "thread-row unread" : "thread-row"}
      aria-current={isOpen.value ? "page" : undefined}
    >
      <Avatar name={name} pictureUrl={pictureUrl(picture)} />
      <bdi key={name} class="row-name">
        {name}
      </bdi>
      <Time class="row-time" at={row.at} text={shortDate(row.at, currentMinute.value)} full={fullDateTime(row.at)} />
      <span key={row.subject} class="row-subject" dir="auto">
        {row.subject}
      </span>
      <LastMessage row={row} name={name} ownText={ownText} isOpen={isOpen.value} />
      {(shownTag || age) && (
        <span class="row-tag">
          {shownTag}
          {age && (
            <span key={age} class="tag">
              {age}
            </span>
          )}
        </span>
      )}
      {news.length > 0 && <Badge count={unreadMessages} sign={isMentioned.value ? "@" : ""} text={news.join(", ")} />}
    </a>
  );
}

const noPicture = () => "";

/** What a row shows beside its own thread, such as a name. The row is drawn again only if this text changes. */
function useOfRow(row: Row, textOf: (row: Row) => string): string {
  return useComputed(() => textOf(thread(row.id).row ?? row)).value;
}

interface LastMessageProps extends Pick<RowProps, "ownText"> {
  row: Row;
  name: string;
  isOpen: boolean;
}

function LastMessage({ row, name, ownText, isOpen }: LastMessageProps) {
  const { id } = row;
  const isTyping = useComputed(() => typingThreads.value.has(id));
  const isUnsent = useComputed(() => hasStuckMessage(id));
  const hasNote = useComputed(() => account.value?.marks.unseenNotes(id, internalNotes.value.get(id)).length);
  const draft = useComputed(() => draftOf(id)).value;
  if (isUnsent.value) return <Hint text={messages.list.unsent} />;
  if (isTyping.value) return <Hint text={messages.thread.typing(name)} />;
  if (draft && !isOpen) return <Hint text={messages.list.draft(cutText(draft, 80))} />;
  if (hasNote.value && !isOpen) return <Hint text={messages.list.newNote} />;
  const last = withoutQuotes(row.last?.text ?? "");
  const text = row.last?.side === mySide(row) ? ownText(last) : last;
  return (
    <span key={text} class="row-preview" dir="auto">
      {text}
    </span>
  );
}

const Hint = ({ text }: { text: string }) => (
  <span class="row-preview" dir="auto">
    <em>{text}</em>
  </span>
);

/** A row without a draft needs no draft of its own. */
function draftOf(id: string): string {
  const drafts = account.value?.drafts;
  return drafts?.targets.value.includes(id) ? drafts.get(id).text : "";
}

/** Whether a message of this thread was not sent, and will not be sent in a moment. */
function hasStuckMessage(id: string): boolean {
  const unsent = (account.value?.outbox.items.value ?? []).filter(
    ({ kind, about }) => kind === "message" && about === id,
  );
  return unsent.some((item) => item.refused !== null) || (unsent.length > 0 && !session.socket.isReachable.value);
}
