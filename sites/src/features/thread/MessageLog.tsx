// The log starts where the person stopped reading. It follows new messages only while its end is visible. Near an end of
// what is loaded it loads more, and what is seen stays where it is.

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { messageText } from "../settle/message-text";
import { buildTimeline, firstUnreadSeq, lastSeqOfOtherSide, type Message } from "./timeline";
import { currentMinute } from "../../browser/server-clock";
import { navigate, route } from "../../browser/route";
import { dropError } from "../../browser/drop-error";
import { firstSeq, lastSeq, type Log, unreadCount } from "../../sync/reducer";
import type { Row } from "../../api/protocol";
import { closeLog, loadEarlier, loadLater, PAGE_SIZE, showLogEnd, showLogEntry, trimLog } from "../../sync/thread-log";
import { openedPlace } from "../../sync/opened-place";
import { account, mySide, peekThread, session, thread, typingThreads } from "../../sync/store";
import { withoutQuotes } from "../../i18n/without-quotes";
import { daysAgo } from "../../i18n/time";
import { messages } from "../../i18n/messages";
import { pageMessages } from "../../i18n/page-messages";
import { DayDialog } from "./DayDialog";
import { type AuthorOf, LogItem } from "./LogItem";
import { moveBetweenMessages } from "./MessageBody";
import { useAction } from "../app/use-action";
import { announce } from "../../ui/announce";

const END_TOLERANCE = 60;
const CONTEXT_HEIGHT = 72; // px of read messages that stay visible above the new ones
const THE_END = Infinity;

interface MessageLogProps {
  row: Row;
  log: Log;
  authorOf: AuthorOf;
  otherName: string;
}

export function MessageLog({ row, log, authorOf, otherName }: MessageLogProps) {
  const side = mySide(row);
  const { entries } = log;
  const [first, last] = [firstSeq(log), lastSeq(log)];
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const shown = useRef({ row, log });
  shown.current = { row, log };
  const atEnd = useRef(true);
  const fittedSize = useRef("");
  const [divider, setDivider] = useState(() => firstUnreadSeq(entries, side, unreadCount(peekThread(row.id))));
  const [newBelow, setNewBelow] = useState(0);
  /** The seq of an entry to scroll to. */
  const [target, setTarget] = useState(0);
  const [isChoosingDay, setIsChoosingDay] = useState(false);
  const [loading, run] = useAction();
  const before = useRef({ first, last, theirs: row.theirs, followed: log.atEnd });
  const isLoadingPage = useRef(false);
  const unsent = (account.value?.outbox.items.value ?? []).filter(
    ({ kind, about }) => kind === "message" && about === row.id,
  );
  const { seen } = thread(row.id);
  const now = currentMinute.value;
  const anchor = first === before.current.first ? null : middleOf(list.current);

  const updatePosition = () => {
    const box = scroller.current;
    if (!box) return;
    const { row, log } = shown.current;
    // The size differs from when the end was last visible: the window changed, and nobody scrolled.
    if (atEnd.current && fittedSize.current !== sizeOf(box)) scrollToEnd();
    atEnd.current = log.atEnd && distanceToEnd(box) < END_TOLERANCE;
    if (atEnd.current) setNewBelow(0);
    markSeen(row, log, atEnd.current);
    loadNear(box);
  };
  const loadNear = (box: HTMLElement) => {
    const { row, log } = shown.current;
    const near = 2 * box.clientHeight;
    const load = log.atEnd || distanceToEnd(box) > near ? null : loadLater;
    const loadPage = firstSeq(log) > 1 && box.scrollTop < near ? loadEarlier : load;
    if (!loadPage || isLoadingPage.current) return;
    isLoadingPage.current = true;
    const goOn = () => {
      isLoadingPage.current = false;
      if (scroller.current) loadNear(scroller.current); // it may have been scrolled further meanwhile
    };
    loadPage(row.id).then(goOn, (error: unknown) => {
      isLoadingPage.current = false;
      dropError("it is loaded again by the next scroll, or by the button")(error);
    });
  };
  const scrollToEnd = () => {
    const box = scroller.current;
    if (box) box.scrollTop = box.scrollHeight;
    if (box) fittedSize.current = sizeOf(box);
    atEnd.current = shown.current.log.atEnd;
    setNewBelow(0);
  };
  const goToEnd = () => {
    if (log.atEnd) scrollToEnd();
    else run(() => showLogEnd(row.id).then(() => setTarget(THE_END)));
  };
  const chooseDay = useCallback(() => setIsChoosingDay(true), []);

  const markUnread = useCallback(() => {
    account.peek()?.marks.markUnread(row.id);
    navigate(route.peek().page);
  }, [row.id]);
  const ownAccount = account.value;
  useEffect(() => ownAccount?.marks.clearUnread(row.id), [row.id, ownAccount]);

  // Start at the first new message, or else at the end.
  useLayoutEffect(() => {
    const box = scroller.current;
    const newLine = box?.querySelector<HTMLElement>(".new-divider");
    fittedSize.current = box ? sizeOf(box) : "";
    // Set scrollTop directly: scrollIntoView would also move the page where the log cannot scroll far enough.
    if (box && newLine) scrollTo(box, newLine);
    else scrollToEnd();
    updatePosition();
    const observer = new ResizeObserver(() => atEnd.current && scrollToEnd());
    if (box) observer.observe(box);
    for (const part of box?.children ?? []) observer.observe(part);
    document.addEventListener("visibilitychange", updatePosition);
    return () => {
      observer.disconnect();
      document.removeEventListener("visibilitychange", updatePosition);
      closeLog(row.id);
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- where the log begins is decided once
  }, []);

  const connection = session.socket.state.value;
  useLayoutEffect(() => {
    const box = scroller.current;
    const { last: wasLast, theirs: wereTheirs, followed } = before.current;
    if (box && anchor?.element.isConnected) box.scrollTop += anchor.element.offsetTop - anchor.top;
    const follows = followed && log.atEnd; // or else a page was loaded, and its entries are not new
    const added = follows ? entries.filter((entry) => entry.seq > wasLast) : [];
    const arrived = added.filter((entry): entry is Message => entry.as !== "ended" && entry.side !== side);
    const missed = follows ? arrived.length : row.theirs - wereTheirs;
    const isAway = !atEnd.current || document.visibilityState === "hidden";
    const next = arrived[0];
    if (next && isAway && newBelow === 0)
      setDivider((current) => (current > 0 && unreadCount(peekThread(row.id)) > arrived.length ? current : next.seq));
    if (missed > 0 && !atEnd.current) setNewBelow(newBelow + missed);
    for (const message of arrived)
      announce(pageMessages.log.announce(authorOf(message) ?? otherName, withoutQuotes(messageText(message))));
    if (!follows && missed > 0 && row.last) announce(pageMessages.log.announce(otherName, row.last.text));
    if (added.some((entry) => entry.as === "ended")) announce(pageMessages.endThread.done);
    if (atEnd.current) scrollToEnd();
    if (atEnd.current) trimLog(row.id);
    markSeen(row, log, atEnd.current);
    before.current = { first, last, theirs: row.theirs, followed: log.atEnd };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- runs when the log changes, or the connection is back; whatever else changed is read then
  }, [first, last, log.atEnd, row.theirs, connection]);
  useLayoutEffect(() => {
    const box = scroller.current;
    const found = box?.querySelector<HTMLElement>(`[data-seq="${target}"]`);
    if (target === THE_END) scrollToEnd();
    else if (box && found) scrollTo(box, dividerAbove(found));
    if (target) updatePosition();
    setTarget(0);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- scrolls once
  }, [target]);
  const place = openedPlace.value;
  useLayoutEffect(() => {
    if (place?.id === row.id && place.seq) run(() => showLogEntry(row.id, place.seq).then(() => setTarget(place.seq)));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a place that is opened is shown once
  }, [place]);
  const isTyping = typingThreads.value.has(row.id);
  useLayoutEffect(() => {
    if (atEnd.current) scrollToEnd();
  }, [isTyping]);
  useLayoutEffect(() => {
    if (unsent.length) goToEnd();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a message that is sent is shown once
  }, [unsent.length]);

  const lastSeen =
    entries.findLast((entry) => entry.as !== "ended" && entry.side === side && entry.seq <= seen)?.seq ?? 0;
  const items = buildTimeline(entries, log.atEnd ? unsent : [], divider, (at) => daysAgo(at, now));
  const lastTimed = items.findLast((line) => line.t === "message" || line.t === "ended");
  const lastDay = items.findLast((line) => line.t === "day");
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
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- hears the keys of the buttons in it */}
        <ol class="messages" ref={list} onKeyDown={moveBetweenMessages}>
          {items.map((line) => (
            <LogItem
              key={line.key}
              item={line}
              isReached={line === lastTimed || line === lastDay}
              ownSide={side}
              authorOf={authorOf}
              otherName={otherName}
              seen={seen}
              lastSeen={lastSeen}
              now={now}
              markUnread={markUnread}
              chooseDay={row.seq > PAGE_SIZE ? chooseDay : null}
            />
          ))}
        </ol>
        <p class="typing" aria-hidden={!isTyping}>
          {isTyping && messages.thread.typing(otherName)}
        </p>
      </div>
      {(newBelow > 0 || !log.atEnd) && (
        <button
          type="button"
          class="new-messages"
          aria-label={newBelow > 0 ? pageMessages.log.toNew(newBelow) : undefined}
          onClick={goToEnd}
        >
          {newBelow > 0 ? pageMessages.log.newBelow(newBelow) : pageMessages.log.toEnd}
        </button>
      )}
      {isChoosingDay && <DayDialog row={row} onFound={setTarget} onClose={() => setIsChoosingDay(false)} />}
    </div>
  );
}

const sizeOf = (box: HTMLElement): string => `${box.clientHeight} ${box.scrollHeight}`;
const distanceToEnd = (box: HTMLElement): number => box.scrollHeight - box.scrollTop - box.clientHeight;

function scrollTo(box: HTMLElement, element: HTMLElement): void {
  box.scrollTop += element.getBoundingClientRect().top - box.getBoundingClientRect().top - CONTEXT_HEIGHT;
}

/** The day that stands above a message, if it is the first of that day. */
function dividerAbove(message: HTMLElement): HTMLElement {
  const above = message.previousElementSibling;
  return above instanceof HTMLElement && above.matches(".day-divider") ? above : message;
}

/**
 * An item in the middle, and where it is. Pages are added and removed far from it, so what is seen stays in its place if
 * this item does.
 */
function middleOf(list: HTMLElement | null): { element: HTMLElement; top: number } | null {
  const element = list?.children[list.children.length >> 1];
  return element instanceof HTMLElement ? { element, top: element.offsetTop } : null;
}

/**
 * Tells the server how far this person has read, while the end of the log is visible. The server takes the highest
 * value, so a repetition does no harm.
 */
const sentSeen = new Map<string, { theirs: number; at: number }>();

function markSeen(row: Row, log: Log, atEnd: boolean): void {
  if (!atEnd || document.visibilityState === "hidden" || lastSeq(log) < row.seq) return;
  if (unreadCount(peekThread(row.id)) === 0) return;
  const before = sentSeen.get(row.id);
  if (before?.theirs === row.theirs && performance.now() - before.at < 5_000) return;
  sentSeen.set(row.id, { theirs: row.theirs, at: performance.now() });
  const seq = lastSeqOfOtherSide(log.entries, mySide(row));
  session.socket.send({ t: "seen", id: row.id, seq, theirs: row.theirs });
}
