// One item of a log: a day, a message, a message that is being sent, or the end of the thread.

import { Check, CheckCheck, ChevronDown } from "lucide";
import { Component } from "preact";
import { isDrawnTheSame, type Message, type TimelineItem } from "./timeline";
import { account, session } from "../../sync/store";
import { dayLabel, isoDay } from "../../i18n/day";
import { timeOfDay, fullDateTime } from "../../i18n/time";
import { pageMessages } from "../../i18n/page-messages";
import { MessageBody, MessageText } from "./MessageBody";
import { messageText } from "../settle/message-text";
import { NotSent } from "./NotSent";
import { TimeButton } from "../../ui/Time";
import { Icon } from "../../ui/Icon";

/** The author's name as this site shows it; null if the side alone tells who wrote. */
export type AuthorOf = (message: Message) => string | null;

export interface LogItemProps {
  item: TimelineItem;
  /** Whether the keyboard reaches the time of this item, and what can be done with it. */
  isReached: boolean;
  ownSide: "raiser" | "school";
  authorOf: AuthorOf;
  otherName: string;
  seen: number;
  lastSeen: number;
  now: number;
  /** Leaves the thread as if it was not read. */
  markUnread: () => void;
  /** Opens the choice of a day; null in a thread that is short. */
  chooseDay: (() => void) | null;
}

/** Draws an item again only if it looks otherwise: a message that is sent must not draw thousands of others again. */
export class LogItem extends Component<LogItemProps> {
  override shouldComponentUpdate(next: LogItemProps): boolean {
    return !isDrawnTheSame(this.props, next);
  }

  override render() {
    return <LogItemView {...this.props} />;
  }
}

function LogItemView({
  item,
  isReached,
  ownSide,
  authorOf,
  otherName,
  seen,
  lastSeen,
  now,
  markUnread,
  chooseDay,
}: LogItemProps) {
  switch (item.t) {
    case "day":
      return (
        <li class="day-divider">
          <DayLabel at={item.at} now={now} isReached={isReached} chooseDay={chooseDay} />
        </li>
      );
    case "new":
      return <li class="new-divider">{pageMessages.log.new}</li>;
    case "ended":
      return (
        <li class="ended-divider" data-seq={item.seq}>
          {pageMessages.log.ended} ·{" "}
          <TimeButton at={item.at} text={timeOfDay(item.at)} full={fullDateTime(item.at)} isReached={isReached} />
        </li>
      );
    case "unsent":
      return <UnsentMessage {...item} />;
    case "message": {
      const { message, first, last } = item;
      const own = message.side === ownSide;
      const name = authorOf(message);
      const author = name ?? (own ? pageMessages.log.you : otherName);
      return (
        <li class={messageClass(own, first)} data-seq={message.seq}>
          {first && name ? (
            <p class="message-author" dir="auto">
              {name}
            </p>
          ) : (
            <bdi key={author} class="visually-hidden">
              {author}
            </bdi>
          )}
          <MessageBody text={messageText(message)} isReached={isReached} markUnread={own ? null : markUnread} />
          {(last || message.seq === lastSeen) && (
            <p class="meta">
              <TimeButton
                at={message.at}
                text={timeOfDay(message.at)}
                full={fullDateTime(message.at)}
                isReached={false}
              />
              {own && (message.seq === lastSeen ? <Seen /> : message.seq > seen && <Sent />)}
            </p>
          )}
        </li>
      );
    }
  }
}

/** The date of the messages below it. In a long thread it leads to other days. */
function DayLabel({
  at,
  now,
  isReached,
  chooseDay,
}: { at: number } & Pick<LogItemProps, "now" | "isReached" | "chooseDay">) {
  const label = dayLabel(at, now);
  const time = <time dateTime={isoDay(at)}>{label}</time>;
  if (!chooseDay) return time;
  return (
    <button
      type="button"
      class="day-button"
      aria-haspopup="dialog"
      aria-label={pageMessages.log.otherDay(label)}
      tabIndex={isReached ? 0 : -1}
      onClick={chooseDay}
    >
      {time}
      <Icon of={ChevronDown} size={14} />
    </button>
  );
}

const messageClass = (own: boolean, first: boolean): string =>
  `message ${own ? "own" : "theirs"}${first ? " first" : ""}`;

const Sent = () => (
  <span class="message-state">
    <Icon of={Check} size={14} />
    <span class="visually-hidden">{pageMessages.log.sent}</span>
  </span>
);

const Seen = () => (
  <span class="message-state seen">
    <Icon of={CheckCheck} size={14} />
    {pageMessages.log.seen}
  </span>
);

function UnsentMessage({
  item,
  first,
}: {
  item: { key: string; text: string; refused: string | null };
  first: boolean;
}) {
  const isReachable = session.socket.isReachable.value && session.socket.state.value !== "silent";
  const outbox = account.peek()?.outbox;
  return (
    <li class={`${messageClass(true, first)} ${item.refused === null ? "sending" : "failed"}`}>
      <span class="visually-hidden">{pageMessages.log.you}</span>
      <MessageText text={item.text} />
      {item.refused === null ? (
        <p class="meta">{isReachable ? pageMessages.log.sending : pageMessages.log.waiting}</p>
      ) : (
        <p class="meta">
          <NotSent reason={item.refused || pageMessages.log.notSentAnswer} />
          <button type="button" class="link" onClick={() => void outbox?.retry(item.key)}>
            {pageMessages.log.retry}
          </button>
          <button type="button" class="link" onClick={() => outbox?.discard(item.key)}>
            {pageMessages.log.discard}
          </button>
        </p>
      )}
    </li>
  );
}
