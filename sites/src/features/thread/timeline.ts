// Turns a log into the items to draw: days, messages grouped by author and minute, and unsent messages. Each item keeps
// its key.

import type { OutboxItem } from "../../sync/outbox";
import type { Ended, ShownEntry, Side } from "../../api/protocol";

export type Message = Exclude<ShownEntry, Ended>;

export type TimelineItem =
  | { t: "day"; key: string; at: number }
  | { t: "new"; key: string }
  | { t: "ended"; key: string; seq: number; at: number }
  | { t: "message"; key: string; message: Message; first: boolean; last: boolean }
  | { t: "unsent"; key: string; item: OutboxItem; first: boolean };

const authorKey = (message: Message): string =>
  message.as === "school" ? message.author : message.as === "worker" ? `${message.side}${message.mine}` : message.side;

const isSameGroup = (a: Message, b: ShownEntry | undefined): boolean =>
  b !== undefined &&
  b.as !== "ended" &&
  authorKey(a) === authorKey(b) &&
  Math.floor(a.at / 60_000) === Math.floor(b.at / 60_000);

/**
 * The items of a log and of the unsent messages, with "New" before the entry `divider`. A message keeps its key after
 * it is sent.
 */
export function buildTimeline(
  log: readonly ShownEntry[],
  unsent: readonly OutboxItem[],
  divider: number,
  dayOf: (at: number) => number,
): TimelineItem[] {
  const lines: TimelineItem[] = [];
  log.forEach((entry, i) => {
    const before = log[i - 1];
    const newDay = before === undefined || dayOf(before.at) !== dayOf(entry.at);
    if (newDay) lines.push({ t: "day", key: `day${entry.seq}`, at: entry.at });
    if (entry.seq === divider) lines.push({ t: "new", key: "new" });
    if (entry.as === "ended") return lines.push({ t: "ended", key: "ended", seq: entry.seq, at: entry.at });
    const first = newDay || entry.seq === divider || !isSameGroup(entry, before);
    const next = log[i + 1];
    const last = next?.seq === divider || !isSameGroup(entry, next);
    return lines.push({ t: "message", key: entry.key ?? `seq${entry.seq}`, message: entry, first, last });
  });
  const sent = new Set(lines.map((line) => line.key));
  unsent
    .filter((item) => !sent.has(item.key))
    .forEach((item, i) => lines.push({ t: "unsent", key: item.key, item, first: i === 0 }));
  return lines;
}

interface Drawn {
  item: TimelineItem;
  seen: number;
  lastSeen: number;
  now: number;
}

/** What an item's look depends on: its own fields, whether it is seen, and of the time the day alone. */
const lookOf = ({ item, seen, lastSeen, now, ...others }: Drawn): Record<string, unknown> => {
  const seq = item.t === "message" ? item.message.seq : 0;
  const today = item.t === "day" ? new Date(now).toDateString() : "";
  return { ...others, ...item, isSeen: seq <= seen, isLastSeen: seq === lastSeen, today, authorOf: null };
};

/** Whether an item looks the same with other properties. Names are signals: who shows them draws them again. */
export function isDrawnTheSame(before: Drawn, after: Drawn): boolean {
  const [a, b] = [lookOf(before), lookOf(after)];
  return Object.keys({ ...a, ...b }).every((name) => a[name] === b[name]);
}

/** The seq of the first unread message of the other side, counted from the end; 0 if all are read. */
export function firstUnreadSeq(log: readonly ShownEntry[], ownSide: Side, unread: number): number {
  let remaining = unread;
  let found = 0;
  for (let i = log.length - 1; i >= 0 && remaining > 0; i--) {
    const entry = log[i] as ShownEntry;
    if (entry.as === "ended" || entry.side === ownSide) continue;
    found = entry.seq;
    remaining--;
  }
  return found;
}

/** The seq of the other side's last message, which a "seen" frame reports. */
export function lastSeqOfOtherSide(log: readonly ShownEntry[], ownSide: Side): number {
  return log.findLast((entry) => entry.as !== "ended" && entry.side !== ownSide)?.seq ?? 0;
}

export const isLongText = (text: string): boolean => text.length > 900 || text.split("\n").length > 14;
