// A list is a part of a mailbox in the server's order. It is loaded page by page, and a row that changes is moved to its
// place alone. Rows beyond the last page that was loaded are not shown, even if they are known: others lie between.
//
// A list keeps the place of each of its rows, and not the row itself: a row that is far from what is shown may leave the
// memory. It is asked for again, by the page that it is on, when it is shown again.

import { computed, type Signal, signal } from "@preact/signals";
import type { Row } from "../api/protocol";
import type { Mailbox, ThreadFilter, ThreadSort } from "../api/types";
import { inboxStatus, isSnoozed, isWaiting } from "./inbox-status";
import { withoutContent } from "./reducer";
import { knownRows, onThreadChange, peekThread, setThread } from "./store";

export interface ListQuery {
  shelf: Mailbox;
  /** null: all threads of the mailbox. */
  show: ThreadFilter | null;
  /** The id of a worker, with the filter "worker". */
  worker?: string;
  /** Absent: the order that the list has by itself. */
  sort?: ThreadSort;
}

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

export const listKey = ({ shelf, show, worker, sort }: ListQuery): string =>
  [shelf, show ?? "all", worker ?? "", sort ?? ""].join(" ");

/** Whether a row is in a list. */
export function isInList({ shelf, show, worker }: ListQuery, row: Row): boolean {
  if (row.as !== ROLE[shelf]) return false;
  if (show === null) return true;
  if (show !== "ended" && isSnoozed(peekThread(row.id)) !== (show === "snoozed")) return false;
  if (show === "snoozed") return true;
  if (show === "ended" || show === "open") return (row.state === "terminated") === (show === "ended");
  if (show === "waiting") return isWaiting(row);
  return row.as === "school" && inboxStatus(row) === show && (!worker || row.worker === worker);
}

/** Whether a list comes in one order alone: by when threads ended, or come back. */
export const hasOwnOrder = ({ shelf, show }: ListQuery): boolean =>
  shelf !== "raised" && (show === null || show === "ended" || show === "snoozed");

/** The place of a row: numbers that are compared one after the other, and at last the id. */
type Place = readonly (number | string)[];

const START: Place = [-Infinity];
const END: Place = [Infinity];

/** Open threads that a party answers come by who has waited longest, or comes back first, others by latest activity. */
function placeOf(query: ListQuery, row: Row): Place {
  const { shelf, show, sort } = query;
  if (show === "snoozed") return [peekThread(row.id).snooze?.until || Infinity, row.id];
  if (sort === "newest") return [-row.since, row.id];
  const byWaiting = !sort && shelf !== "raised" && !hasOwnOrder(query);
  return byWaiting && "turn_since" in row
    ? [row.last?.side === "school" ? 1 : 0, row.turn_since, row.id]
    : [-row.at, row.id];
}

function comparePlaces(a: Place, b: Place): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

/** After this place the server goes on with this cursor. */
interface Cut {
  place: Place;
  cursor: string | null;
}

export class ThreadList {
  /** The ids of the rows, in order. */
  readonly ids = signal<readonly string[]>([]);
  readonly isEmpty = computed(() => this.ids.value.length === 0);
  /** The cursor for the next page; null at the end. */
  readonly next = signal<string | null>(null);
  readonly #places = new Map<string, Place>();
  /** Where a page can begin, in order. The first is the start of the list. */
  #cuts: readonly Cut[] = [{ place: START, cursor: null }];
  /** Whether its last page was loaded. */
  #isComplete = false;
  /** The place up to which the list has been loaded. */
  #end: Place = START;
  /** The place up to which its rows were loaded after the last connection. */
  #freshEnd: Place = START;

  constructor(readonly query: ListQuery) {}

  /** Puts a row where it belongs, or removes it. Nothing else moves. */
  update(id: string, row: Row | undefined): void {
    const place = row && this.#has(row) ? placeOf(this.query, row) : null;
    const before = this.#places.get(id);
    if (place ? before && comparePlaces(before, place) === 0 : !before) return;
    const ids = [...this.ids.peek()];
    if (before) ids.splice(this.#indexOf(ids, before), 1);
    if (before) this.#places.delete(id);
    if (place) ids.splice(this.#indexOf(ids, place), 0, id);
    if (place) this.#places.set(id, place);
    this.ids.value = ids;
  }

  /** Adds a page that was asked for with a cursor. `next` is the page's own cursor for the next one. */
  addPage(cursor: string | null, page: readonly Row[], next: string | null): void {
    const start = this.#cuts.find((cut) => cut.cursor === cursor)?.place ?? START;
    const last = page.at(-1);
    const end = next === null ? END : last ? placeOf(this.query, last) : start;
    this.#cuts = [
      ...this.#cuts.filter(({ place }) => comparePlaces(place, start) <= 0 || comparePlaces(place, end) > 0),
      ...(next === null ? [] : [{ place: end, cursor: next }]),
    ].sort((a, b) => comparePlaces(a.place, b.place));
    this.#isComplete ||= next === null;
    this.next.value = this.#isComplete ? null : (this.#cuts.at(-1)?.cursor ?? null);
    const isLast = comparePlaces(end, this.#end) > 0;
    if (isLast) this.#end = end;
    if (comparePlaces(start, this.#freshEnd) <= 0 && comparePlaces(end, this.#freshEnd) > 0) this.#freshEnd = end;
    this.#removeAbsent(start, end, new Set(page.map(({ id }) => id)));
    this.#addAll(isLast ? knownRows() : page.flatMap(({ id }) => peekThread(id).row ?? []));
  }

  /** A connection was made: what was loaded before it may have changed, and so may the places where pages begin. */
  expire(): void {
    this.#freshEnd = START;
    this.#cuts = [{ place: START, cursor: null }];
    this.#isComplete = false;
  }

  /** Whether a row of this list would have been loaded since the last connection. */
  isFresh(row: Row): boolean {
    return isInList(this.query, row) && comparePlaces(placeOf(this.query, row), this.#freshEnd) <= 0;
  }

  /** The cursor of the page that a row is on. */
  cursorFor(id: string): string | null {
    const place = this.#places.get(id) ?? START;
    return this.#cuts.findLast((cut) => comparePlaces(cut.place, place) < 0)?.cursor ?? null;
  }

  #has(row: Row): boolean {
    return isInList(this.query, row) && comparePlaces(placeOf(this.query, row), this.#end) <= 0;
  }

  /** Rows that are not in memory, and that their page does not have any more. */
  #removeAbsent(start: Place, end: Place, page: ReadonlySet<string>): void {
    const isAbsent = (id: string): boolean => {
      const place = this.#places.get(id) as Place;
      const isOnPage = comparePlaces(place, start) > 0 && comparePlaces(place, end) <= 0;
      return isOnPage && !page.has(id) && !peekThread(id).row;
    };
    const ids = this.ids.peek();
    const absent = ids.slice(this.#indexOf(ids, start), this.#indexOf(ids, end) + 1).filter(isAbsent);
    if (absent.length === 0) return;
    absent.forEach((id) => this.#places.delete(id));
    this.ids.value = ids.filter((id) => this.#places.has(id));
  }

  /** Adds many rows at once, which is quicker than one after the other. */
  #addAll(rows: readonly Row[]): void {
    const added = rows.filter((row) => !this.#places.has(row.id) && this.#has(row));
    for (const row of added) this.#places.set(row.id, placeOf(this.query, row));
    const placed = (id: string) => this.#places.get(id) as Place;
    const compare = (a: string, b: string) => comparePlaces(placed(a), placed(b));
    const [first, ...others] = added.map(({ id }) => id).sort(compare);
    if (!first) return;
    const ids = this.ids.peek();
    const start = this.#indexOf(ids, placed(first)); // most often the end: what comes before stays as it is
    this.ids.value = [...ids.slice(0, start), ...[...ids.slice(start), first, ...others].sort(compare)];
  }

  #indexOf(ids: readonly string[], place: Place): number {
    let [low, high] = [0, ids.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (comparePlaces(this.#places.get(ids[middle] as string) as Place, place) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The lists that have been loaded, by `listKey`. */
const lists: Signal<ReadonlyMap<string, ThreadList>> = signal(new Map());

/** A list; undefined before its first page is loaded. */
export const loadedList = (query: ListQuery): ThreadList | undefined => lists.value.get(listKey(query));
export const loadedLists = (): ThreadList[] => [...lists.peek().values()];

/** Adds a page to a list, which begins with its first page. A later page of a list that was left is not kept. */
export function addPage(query: ListQuery, cursor: string | null, page: readonly Row[], next: string | null): void {
  const key = listKey(query);
  const known = lists.peek().get(key);
  if (!known && cursor !== null) return;
  const list = known ?? new ThreadList(query);
  list.addPage(cursor, page, next);
  if (!lists.peek().has(key)) lists.value = new Map(lists.peek()).set(key, list);
}

/** Leaves all other lists. */
export function keepLists(isKept: (key: string, list: ThreadList) => boolean): void {
  lists.value = new Map([...lists.peek()].filter(([key, list]) => isKept(key, list)));
}

export const clearLists = (): void => keepLists(() => false);

/** A row leaves the memory. It stays in its lists, and is asked for again when it is shown. */
export function dropRow(id: string): void {
  setThread(id, withoutContent(peekThread(id)));
}

onThreadChange((id, before, after) => {
  const isDropped = !after.row && after.gone === before.gone;
  if ((before.row === after.row && before.snooze === after.snooze) || isDropped) return;
  for (const list of lists.peek().values()) list.update(id, after.row);
});
