// A list is a part of a mailbox in the server's order. It is loaded page by page, and frames put each row where it
// belongs. Rows beyond the last page that was loaded are not shown, even if they are known: others lie between.

import { signal } from "@preact/signals";
import type { Row } from "../api/protocol";
import type { Mailbox, ThreadFilter } from "../api/types";
import { inboxStatus, isWaiting } from "./inbox-status";
import { rows } from "./store";

export interface ListQuery {
  shelf: Mailbox;
  /** null: all threads of the mailbox. */
  show: ThreadFilter | null;
  /** The id of a worker, with the filter "worker". */
  worker?: string;
}

interface LoadedList {
  query: ListQuery;
  /** The cursor for the next page; null at the end. */
  next: string | null;
  /** The place of the last row that was loaded; null if there is none. */
  end: readonly number[] | null;
}

/** The lists that have been loaded, by `listKey`. */
export const loadedLists = signal<ReadonlyMap<string, LoadedList>>(new Map());

/** The lists that each mailbox loads at the start. */
export const FIRST_LISTS: Record<Mailbox, readonly ListQuery[]> = {
  raised: [
    { shelf: "raised", show: "open" },
    { shelf: "raised", show: "ended" },
  ],
  received: [{ shelf: "received", show: "open" }],
  handled: [
    { shelf: "handled", show: "open" },
    { shelf: "handled", show: "ended" },
  ],
};

const ROLE: Record<Mailbox, Row["as"]> = { raised: "raiser", received: "school", handled: "worker" };

export const listKey = ({ shelf, show, worker }: ListQuery): string => `${shelf} ${show ?? "all"} ${worker ?? ""}`;

/** Whether a row is in a list. */
export function isInList({ shelf, show, worker }: ListQuery, row: Row): boolean {
  if (row.as !== ROLE[shelf]) return false;
  if (show === null) return true;
  if (show === "ended" || show === "open") return (row.state === "terminated") === (show === "ended");
  if (show === "waiting") return isWaiting(row);
  return row.as === "school" && inboxStatus(row) === show && (!worker || row.worker === worker);
}

/** Open threads that a party answers come by who has waited longest, all others by the latest activity. */
function orderOf({ shelf, show }: ListQuery, row: Row): readonly number[] {
  const byWaiting = shelf !== "raised" && show !== null && show !== "ended";
  return byWaiting && "turn_since" in row ? [row.last?.side === "school" ? 1 : 0, row.turn_since] : [-row.at];
}

function compareOrder(a: readonly number[], b: readonly number[]): number {
  const differs = a.findIndex((part, i) => part !== b[i]);
  return differs < 0 ? 0 : (a[differs] ?? 0) - (b[differs] ?? 0);
}

/** The rows of a list that are shown, in its order. */
export function listedRows(query: ListQuery): Row[] {
  const list = loadedLists.value.get(listKey(query));
  const found = rows.value
    .filter((row) => isInList(query, row))
    .map((row) => ({ row, order: orderOf(query, row) }))
    .sort((a, b) => compareOrder(a.order, b.order) || (a.row.id < b.row.id ? -1 : 1));
  const { next, end } = list ?? { next: null, end: null };
  return found
    .filter(({ order }) => next === null || end === null || compareOrder(order, end) <= 0)
    .map(({ row }) => row);
}

/** Remembers that a page of a list was loaded. */
export function rememberPage(query: ListQuery, page: readonly Row[], next: string | null): void {
  const key = listKey(query);
  const last = page.at(-1);
  const end = last ? orderOf(query, last) : (loadedLists.peek().get(key)?.end ?? null);
  loadedLists.value = new Map(loadedLists.peek()).set(key, { query, next, end });
}
