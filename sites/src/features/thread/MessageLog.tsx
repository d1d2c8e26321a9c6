// The log starts where the person stopped reading. It follows new messages only while its end is visible.

import { Check, CheckCheck } from "lucide";
import { Component } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import {
  buildTimeline,
  firstUnreadSeq,
  isDrawnTheSame,
  isLongText,
  lastSeqOfOtherSide,
  type TimelineItem,
  type Message,
} from "./timeline";
import { currentMinute } from "../../browser/server-clock";
import { firstSeq, lastSeq, unreadCount } from "../../sync/reducer";
import type { Row, ShownEntry } from "../../api/protocol";
import { loadEarlier } from "../../sync/sync";
import { account, mySide, session, typingThreads, view } from "../../sync/store";
import { dayLabel, isoDay } from "../../i18n/day";
import { timeOfDay, daysAgo, fullDateTime } from "../../i18n/time";
import { messages } from "../../i18n/messages";
import { pageMessages } from "../../i18n/page-messages";
import { NotSent } from "./NotSent";
import { useAction } from "../app/use-action";
import { announce } from "../../ui/announce";
import { LinkedText } from "../../ui/LinkedText";
import { TimeButton } from "../../ui/Time";
import { Icon } from "../../ui/Icon";

/** The author's name as this site shows it; null if the side alone tells who wrote. */
export type AuthorOf = (message: Message) => string | null;

const END_TOLERANCE = 60;
const CONTEXT_HEIGHT = 72; // px of read messages that stay visible above the new ones

export function MessageLog({
  row,
  log,
  authorOf,
  otherName,
}: {
  row: Row;
  log: readonly ShownEntry[];
  authorOf: AuthorOf;
  otherName: string;
}) {
  const side = mySide(row);
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const fittedSize = useRef("");
  const [divider, setDivider] = useState(() => firstUnreadSeq(log, side, unreadCount(view.peek(), row)));
  const [newBelow, setNewBelow] = useState(0);
  const [loading, run] = useAction();
  const before = useRef({ first: firstSeq(log), last: lastSeq(log), height: 0 });
  const unsent = (account.value?.outbox.items.value ?? []).filter(
    ({ kind, about }) => kind === "message" && about === row.id,
  );
  const seen = view.value.readMarks.get(row.id)?.seen ?? 0;
  const now = currentMinute.value;

  const updatePosition = () => {
    const box = scroller.current;
    if (!box) return;
    // The size differs from when the end was last visible: the window changed, and nobody scrolled.
    if (atEnd.current && fittedSize.current !== sizeOf(box)) scrollToEnd();
    atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < END_TOLERANCE;
    if (atEnd.current) setNewBelow(0);
    markSeen(row, log, atEnd.current);
  };
  const scrollToEnd = () => {
    const box = scroller.current;
    if (box) box.scrollTop = box.scrollHeight;
    if (box) fittedSize.current = sizeOf(box);
    atEnd.current = true;
    setNewBelow(0);
  };

  // Start at the first new message, or else at the end.
  useLayoutEffect(() => {
    const box = scroller.current;
    const newLine = box?.querySelector<HTMLElement>(".new-divider");
    fittedSize.current = box ? sizeOf(box) : "";
    // Set scrollTop directly: scrollIntoView would also move the page where the log cannot scroll far enough.
    if (box && newLine)
      box.scrollTop += newLine.getBoundingClientRect().top - box.getBoundingClientRect().top - CONTEXT_HEIGHT;
    else scrollToEnd();
    updatePosition();
    const observer = new ResizeObserver(() => atEnd.current && scrollToEnd());
    if (box) observer.observe(box);
    for (const part of box?.children ?? []) observer.observe(part);
    document.addEventListener("visibilitychange", updatePosition);
    return () => {
      observer.disconnect();
      document.removeEventListener("visibilitychange", updatePosition);
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- where the log begins is decided once
  }, []);

  const connection = session.socket.state.value;
  const first = firstSeq(log);
  const last = lastSeq(log);
  useLayoutEffect(() => {
    const box = scroller.current;
    const { first: wasFirst, last: wasLast, height } = before.current;
    if (box && first < wasFirst) box.scrollTop += box.scrollHeight - height; // earlier messages were added above
    const arrived = log.filter(
      (entry): entry is Message => entry.seq > wasLast && entry.as !== "ended" && entry.side !== side,
    );
    const isAway = !atEnd.current || document.visibilityState === "hidden";
    const next = arrived[0];
    if (next && isAway && newBelow === 0)
      setDivider((current) => (current > 0 && unreadCount(view.peek(), row) > arrived.length ? current : next.seq));
    if (next && !atEnd.current) setNewBelow(newBelow + arrived.length);
    for (const message of arrived) announce(pageMessages.log.announce(authorOf(message) ?? otherName, message.text));
    if (log.some((entry) => entry.seq > wasLast && entry.as === "ended")) announce(pageMessages.endThread.done);
    if (atEnd.current) scrollToEnd();
    markSeen(row, log, atEnd.current);
    before.current = { first, last, height: box?.scrollHeight ?? 0 };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- runs when the log grows, or the connection is back; whatever else changed is read then
  }, [first, last, row.theirs, connection]);
  const isTyping = typingThreads.value.has(row.id);
  useLayoutEffect(() => {
    if (atEnd.current) scrollToEnd();
  }, [isTyping]);
  useLayoutEffect(() => {
    if (unsent.length) scrollToEnd();
  }, [unsent.length]);
  useEffect(() => {
    before.current.height = scroller.current?.scrollHeight ?? 0;
  });

  const lastSeen = log.findLast((entry) => entry.as !== "ended" && entry.side === side && entry.seq <= seen)?.seq ?? 0;
  const items = buildTimeline(log, unsent, divider, (at) => daysAgo(at, now));
  const lastTimed = items.findLast((line) => line.t === "message" || line.t === "ended");
  return (
    <div class="log-frame">
      {/* role=log is silent here: new messages are announced, once, and earlier ones that are loaded are not. */}
      <div
        class="log"
        ref={scroller}
        onScroll={updatePosition}
        role="log"
        aria-live="off"
        aria-label={pageMessages.log.messages}
        tabIndex={0}
      >
        <div class="log-spacer" />
        {first > 1 && (
          <button
            type="button"
            class="button quiet earlier"
            aria-disabled={loading}
            onClick={() => run(() => loadEarlier(row.id))}
          >
            {pageMessages.log.earlier}
          </button>
        )}
        <ol class="messages">
          {items.map((line) => (
            <StableItem
              key={line.key}
              item={line}
              isReached={line === lastTimed}
              ownSide={side}
              authorOf={authorOf}
              otherName={otherName}
              seen={seen}
              lastSeen={lastSeen}
              now={now}
            />
          ))}
        </ol>
        <p class="typing" aria-hidden={!isTyping}>
          {isTyping && messages.thread.typing(otherName)}
        </p>
      </div>
      {newBelow > 0 && (
        <button type="button" class="new-messages" aria-label={pageMessages.log.toNew(newBelow)} onClick={scrollToEnd}>
          {pageMessages.log.newBelow(newBelow)}
        </button>
      )}
    </div>
  );
}

const sizeOf = (box: HTMLElement): string => `${box.clientHeight} ${box.scrollHeight}`;

/**
 * Tells the server how far this person has read, while the end of the log is visible. The server takes the highest
 * value, so a repetition does no harm.
 */
const sentSeen = new Map<string, { theirs: number; at: number }>();

function markSeen(row: Row, log: readonly ShownEntry[], atEnd: boolean): void {
  if (!atEnd || document.visibilityState === "hidden" || lastSeq(log) < row.seq) return;
  if (unreadCount(view.peek(), row) === 0) return;
  const before = sentSeen.get(row.id);
  if (before?.theirs === row.theirs && performance.now() - before.at < 5_000) return;
  sentSeen.set(row.id, { theirs: row.theirs, at: performance.now() });
  session.socket.send({ t: "seen", id: row.id, seq: lastSeqOfOtherSide(log, mySide(row)), theirs: row.theirs });
}

interface TimelineItemProps {
  item: TimelineItem;
  /** Whether the keyboard reaches the time of this item. */
  isReached: boolean;
  ownSide: "raiser" | "school";
  authorOf: AuthorOf;
  otherName: string;
  seen: number;
  lastSeen: number;
  now: number;
}

/** Draws an item again only if it looks otherwise: a message that is sent must not draw thousands of others again. */
class StableItem extends Component<TimelineItemProps> {
  override shouldComponentUpdate(next: TimelineItemProps): boolean {
    return !isDrawnTheSame(this.props, next);
  }

  override render() {
    return <TimelineItemView {...this.props} />;
  }
}

function TimelineItemView({ item, isReached, ownSide, authorOf, otherName, seen, lastSeen, now }: TimelineItemProps) {
  switch (item.t) {
    case "day":
      return (
        <li class="day-divider">
          <time dateTime={isoDay(item.at)}>{dayLabel(item.at, now)}</time>
        </li>
      );
    case "new":
      return <li class="new-divider">{pageMessages.log.new}</li>;
    case "ended":
      return (
        <li class="ended-divider">
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
      return (
        <li class={messageClass(own, first)}>
          {first && name ? (
            <p class="message-author" dir="auto">
              {name}
            </p>
          ) : (
            <bdi class="visually-hidden">{name ?? (own ? pageMessages.log.you : otherName)}</bdi>
          )}
          <MessageText text={message.text} />
          {(last || message.seq === lastSeen) && (
            <p class="meta">
              <TimeButton
                at={message.at}
                text={timeOfDay(message.at)}
                full={fullDateTime(message.at)}
                isReached={isReached}
              />
              {own && (message.seq === lastSeen ? <Seen /> : message.seq > seen && <Sent />)}
            </p>
          )}
        </li>
      );
    }
  }
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

function MessageText({ text }: { text: string }) {
  const [isExpanded, setIsExpanded] = useState(false);
  const long = isLongText(text);
  return (
    <div class="bubble" dir="auto">
      <p class={long && !isExpanded ? "collapsed" : undefined}>
        <LinkedText text={text} />
      </p>
      {long && (
        <button type="button" class="link" aria-expanded={isExpanded} onClick={() => setIsExpanded(!isExpanded)}>
          {isExpanded ? pageMessages.log.showLess : pageMessages.log.showAll}
        </button>
      )}
    </div>
  );
}
