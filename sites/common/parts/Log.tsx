// A person sees every message once, where they left off: the page follows the end only while they are at the end.

import { Check, CheckCheck } from "lucide";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { arrange, firstUnread, isLong, lastOfTheirs, type Line, type Message } from "../arrange";
import { minute } from "../clock";
import { firstSeq, lastSeq, unread } from "../fold";
import type { Row, ShownEntry } from "../protocol";
import { loadEarlier } from "../resume";
import { account, mySide, session, typing, view } from "../session";
import { clock, day, daysAgo, exact } from "../time";
import { words } from "../words";
import { useAct } from "./bits";
import { Icon } from "./Icon";

/** Who a message is from, as this site shows it; null where the side alone says it. */
export type Author = (message: Message) => string | null;

const NEAR = 60;
const CONTEXT = 72; // px of what was read before that stay above what is new

export function Log({ row, log, author, who }: { row: Row; log: readonly ShownEntry[]; author: Author; who: string }) {
  const side = mySide(row);
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const fitted = useRef("");
  const [divider, setDivider] = useState(() => firstUnread(log, side, unread(view.peek(), row)));
  const [below, setBelow] = useState(0);
  const [announced, announce] = useState("");
  const [loading, load] = useAct();
  const before = useRef({ first: firstSeq(log), last: lastSeq(log), height: 0 });
  const unsent = (account.value?.acts.items.value ?? []).filter(({ kind, about }) => kind === "message" && about === row.id);
  const seen = view.value.marks.get(row.id)?.seen ?? 0;
  const now = minute.value;

  const look = () => {
    const box = scroller.current;
    if (!box) return;
    // Of another size than when it was last at the end: the window changed, and nobody scrolled.
    if (atEnd.current && fitted.current !== size(box)) toEnd();
    atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
    if (atEnd.current) setBelow(0);
    markSeen(row, log, atEnd.current);
  };
  const toEnd = () => {
    const box = scroller.current;
    if (box) box.scrollTop = box.scrollHeight;
    if (box) fitted.current = size(box);
    atEnd.current = true;
    setBelow(0);
  };

  // Where to begin: at what is new, else at the end.
  useLayoutEffect(() => {
    const box = scroller.current;
    const mark = box?.querySelector<HTMLElement>(".new-line");
    fitted.current = box ? size(box) : "";
    // Scrolled by hand: scrollIntoView would move the whole page along where the log alone cannot go far enough.
    if (box && mark) box.scrollTop += mark.getBoundingClientRect().top - box.getBoundingClientRect().top - CONTEXT;
    else toEnd();
    look();
    const watcher = new ResizeObserver(() => atEnd.current && toEnd());
    if (box) watcher.observe(box);
    for (const part of box?.children ?? []) watcher.observe(part);
    document.addEventListener("visibilitychange", look);
    return () => {
      watcher.disconnect();
      document.removeEventListener("visibilitychange", look);
    };
  }, []);

  const first = firstSeq(log);
  const last = lastSeq(log);
  useLayoutEffect(() => {
    const box = scroller.current;
    const { first: wasFirst, last: wasLast, height } = before.current;
    if (box && first < wasFirst) box.scrollTop += box.scrollHeight - height; // earlier ones came in above
    const arrived = log.filter((entry): entry is Message => entry.seq > wasLast && entry.as !== "ended" && entry.side !== side);
    const away = !atEnd.current || document.visibilityState === "hidden";
    const next = arrived[0];
    if (next && away && below === 0) setDivider((held) => (held > 0 && unread(view.peek(), row) > arrived.length ? held : next.seq));
    if (next && !atEnd.current) setBelow(below + arrived.length);
    const newest = arrived.at(-1);
    if (newest) announce(words.thread.said(author(newest) ?? who, newest.text));
    if (atEnd.current) toEnd();
    markSeen(row, log, atEnd.current);
    before.current = { first, last, height: box?.scrollHeight ?? 0 };
  }, [first, last, row.theirs, session.socket.state.value]);
  const isTyping = typing.value.has(row.id);
  useLayoutEffect(() => {
    if (atEnd.current) toEnd();
  }, [isTyping]);
  useLayoutEffect(() => {
    if (unsent.length) toEnd();
  }, [unsent.length]);
  useEffect(() => {
    before.current.height = scroller.current?.scrollHeight ?? 0;
  });

  const lastSeen = log.findLast((entry) => entry.as !== "ended" && entry.side === side && entry.seq <= seen)?.seq ?? 0;
  const lines = arrange(log, unsent, divider, (at) => daysAgo(at, now));
  return (
    <div class="log-frame">
      {/* role=log is silent here: new messages are announced below, once, and earlier ones that are loaded are not. */}
      <div class="log" ref={scroller} onScroll={look} role="log" aria-live="off" aria-label={words.thread.messages} tabIndex={0}>
        <div class="log-space" />
        {first > 1 && (
          <button type="button" class="button quiet earlier" aria-disabled={loading} onClick={() => load(() => loadEarlier(row.id))}>
            {words.thread.earlier}
          </button>
        )}
        <ol class="lines">
          {lines.map((line) => (
            <LineView key={line.key} line={line} mine={side} author={author} who={who} seen={seen} lastSeen={lastSeen} now={now} />
          ))}
        </ol>
        <p class="typing" aria-hidden={!isTyping}>
          {isTyping && words.thread.typing(who)}
        </p>
      </div>
      {below > 0 && (
        <button type="button" class="pill" aria-label={words.thread.toNew(below)} onClick={toEnd}>
          {words.thread.newBelow(below)}
        </button>
      )}
      <p class="sr" role="status">
        {announced}
      </p>
    </div>
  );
}

const size = (box: HTMLElement): string => `${box.clientHeight} ${box.scrollHeight}`;

/** Told to the server when the end is on the screen: how far this person has read. Marks only grow, so twice is once. */
const told = new Map<string, { theirs: number; at: number }>();

function markSeen(row: Row, log: readonly ShownEntry[], atEnd: boolean): void {
  if (!atEnd || document.visibilityState === "hidden" || lastSeq(log) < row.seq) return;
  if (unread(view.peek(), row) === 0) return;
  const before = told.get(row.id);
  if (before?.theirs === row.theirs && performance.now() - before.at < 5_000) return;
  told.set(row.id, { theirs: row.theirs, at: performance.now() });
  session.socket.send({ t: "seen", id: row.id, seq: lastOfTheirs(log, mySide(row)), theirs: row.theirs });
}

interface LineProps {
  line: Line;
  mine: "raiser" | "school";
  author: Author;
  who: string;
  seen: number;
  lastSeen: number;
  now: number;
}

function LineView({ line, mine, author, who, seen, lastSeen, now }: LineProps) {
  switch (line.t) {
    case "day":
      return <li class="day-line">{day(line.at, now)}</li>;
    case "new":
      return <li class="new-line">{words.thread.new}</li>;
    case "ended":
      return (
        <li class="ended-line">
          {words.thread.ended} · <time title={exact(line.at)}>{clock(line.at)}</time>
        </li>
      );
    case "unsent":
      return <UnsentLine {...line} />;
    case "message": {
      const { message, first, last } = line;
      const own = message.side === mine;
      const name = author(message);
      return (
        <li class={bubble(own, first)}>
          {first && name ? <p class="author">{name}</p> : <span class="sr">{name ?? (own ? words.thread.you : who)}</span>}
          <Text text={message.text} />
          {(last || message.seq === lastSeen) && (
            <p class="meta">
              <time title={exact(message.at)}>{clock(message.at)}</time>
              {own && (message.seq === lastSeen ? <Seen /> : message.seq > seen && <Sent />)}
            </p>
          )}
        </li>
      );
    }
  }
}

const bubble = (own: boolean, first: boolean): string => `line ${own ? "own" : "theirs"}${first ? " first" : ""}`;

const Sent = () => (
  <span class="state">
    <Icon of={Check} size={14} />
    <span class="sr">{words.thread.sent}</span>
  </span>
);

const Seen = () => (
  <span class="state seen">
    <Icon of={CheckCheck} size={14} />
    {words.thread.seen}
  </span>
);

function UnsentLine({ item, first }: { item: { key: string; text: string; refused: string | null }; first: boolean }) {
  const open = session.socket.state.value === "open";
  const acts = account.peek()?.acts;
  return (
    <li class={`${bubble(true, first)} ${item.refused === null ? "sending" : "failed"}`}>
      <span class="sr">{words.thread.you}</span>
      <Text text={item.text} />
      {item.refused === null ? (
        <p class="meta">{open ? words.thread.sending : words.thread.waiting}</p>
      ) : (
        <p class="meta" role="alert">
          <span>
            <strong>{words.thread.notSent}</strong> {item.refused || words.thread.notSentAnswer}
          </span>
          <button type="button" class="link" onClick={() => void acts?.retry(item.key)}>
            {words.thread.retry}
          </button>
          <button type="button" class="link" onClick={() => acts?.discard(item.key)}>
            {words.thread.discard}
          </button>
        </p>
      )}
    </li>
  );
}

function Text({ text }: { text: string }) {
  const [whole, showWhole] = useState(false);
  const long = isLong(text);
  return (
    <div class="bubble" dir="auto">
      <p class={long && !whole ? "folded" : undefined}>{text}</p>
      {long && (
        <button type="button" class="link" aria-expanded={whole} onClick={() => showWhole(!whole)}>
          {whole ? words.thread.showLess : words.thread.showAll}
        </button>
      )}
    </div>
  );
}
