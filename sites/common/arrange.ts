// A log becomes lines to show: days divided, messages of one hand and one minute together, each line keyed for good.

import type { PendingAct } from "./drafts/pending-acts";
import type { Ended, ShownEntry, Side } from "./protocol";

export type Message = Exclude<ShownEntry, Ended>;

export type Line =
  | { t: "day"; key: string; at: number }
  | { t: "new"; key: string }
  | { t: "ended"; key: string; at: number }
  | { t: "message"; key: string; message: Message; first: boolean; last: boolean }
  | { t: "unsent"; key: string; item: PendingAct; first: boolean };

const hand = (message: Message): string =>
  message.as === "school" ? message.author : message.as === "worker" ? `${message.side}${message.mine}` : message.side;

const together = (a: Message, b: ShownEntry | undefined): boolean =>
  b !== undefined && b.as !== "ended" && hand(a) === hand(b) && Math.floor(a.at / 60_000) === Math.floor(b.at / 60_000);

/** The lines of a log and what is not sent yet, with "New" before the entry `divider`. A sent message keeps its key. */
export function arrange(
  log: readonly ShownEntry[],
  unsent: readonly PendingAct[],
  divider: number,
  dayOf: (at: number) => number,
): Line[] {
  const lines: Line[] = [];
  log.forEach((entry, i) => {
    const before = log[i - 1];
    const newDay = before === undefined || dayOf(before.at) !== dayOf(entry.at);
    if (newDay) lines.push({ t: "day", key: `day${entry.seq}`, at: entry.at });
    if (entry.seq === divider) lines.push({ t: "new", key: "new" });
    if (entry.as === "ended") return lines.push({ t: "ended", key: "ended", at: entry.at });
    const first = newDay || entry.seq === divider || !together(entry, before);
    const next = log[i + 1];
    const last = next?.seq === divider || !together(entry, next);
    return lines.push({ t: "message", key: entry.key ?? `seq${entry.seq}`, message: entry, first, last });
  });
  const sent = new Set(lines.map((line) => line.key));
  unsent
    .filter((item) => !sent.has(item.key))
    .forEach((item, i) => lines.push({ t: "unsent", key: item.key, item, first: i === 0 }));
  return lines;
}

/** The entry of the first unread message of the other side, counted from the end; 0 if all is read. */
export function firstUnread(log: readonly ShownEntry[], mine: Side, unread: number): number {
  let left = unread;
  let found = 0;
  for (let i = log.length - 1; i >= 0 && left > 0; i--) {
    const entry = log[i] as ShownEntry;
    if (entry.as === "ended" || entry.side === mine) continue;
    found = entry.seq;
    left--;
  }
  return found;
}

/** The highest entry that the other side wrote: what "seen" is about. */
export function lastOfTheirs(log: readonly ShownEntry[], mine: Side): number {
  return log.findLast((entry) => entry.as !== "ended" && entry.side !== mine)?.seq ?? 0;
}

export const isLong = (text: string): boolean => text.length > 900 || text.split("\n").length > 14;
