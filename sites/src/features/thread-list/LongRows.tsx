// A long list has only the rows near those that are seen in the document, and the row that has the focus or is open. So a
// list of thousands scrolls as a short one does. All its rows have one height, which the style sheet says: the place of a
// row follows from its number, and nothing is measured.

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { dropError } from "../../browser/drop-error";
import { drawn as whenDrawn } from "../keyboard/controls";
import { openThreadId } from "../../browser/route";
import { dropFarRows } from "../../sync/drop-far-rows";
import { peekThread, thread } from "../../sync/store";
import { fillPage, loadMoreThreads } from "../../sync/sync";
import type { ThreadList } from "../../sync/thread-lists";
import { type RowProps, ThreadLink } from "./ThreadLink";

const OVERSCAN = 10; // rows above and below those that are seen
const SLICE = 6; // ms in a frame to draw new rows, which then are laid out and painted: a slow phone takes several frames
const LEAST = 2; // new rows in a frame
const AHEAD = 60; // rows before the end at which the next page is loaded
const DROP_AFTER = 100; // rows that the list was scrolled by

interface LongRowsProps {
  list: ThreadList;
  /** The ids of its rows, in the order in which they are shown. */
  ids: readonly string[];
  label: string;
  rowProps: RowProps;
}

export function LongRows({ list, ids, label, rowProps }: LongRowsProps) {
  const next = list.next.value;
  const root = useRef<HTMLUListElement>(null);
  const droppedAt = useRef(0);
  const drawn = useRef<ReadonlySet<string>>(new Set());
  const most = useRef(LEAST);
  const { first, last, drawSoon } = useSeenRows(root, ids.length);
  const wanted = placesNear(first, last, ids, root.current);
  // A row that is not in memory is not drawn. When it comes, the list is drawn again.
  const missing = wanted.filter((at) => !(peekThread(ids[at] as string).row ?? thread(ids[at] as string).row));
  const began = performance.now();
  let room = most.current;
  const shown = wanted.filter((at) => !missing.includes(at) && (drawn.current.has(ids[at] as string) || room-- > 0));
  const isMore = room < 0;
  useLayoutEffect(() => {
    const added = shown.filter((at) => !drawn.current.has(ids[at] as string)).length;
    if (added) most.current = Math.max(LEAST, Math.floor((SLICE * added) / (performance.now() - began)));
    drawn.current = new Set(shown.map((at) => ids[at] as string));
    if (isMore) drawSoon();
  });
  useEffect(() => {
    for (const at of missing) fillPage(list.query, ids[at] as string).catch(dropError("the next scroll asks again"));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once for the same rows
  }, [list, missing.map((at) => ids[at]).join()]);
  useEffect(() => {
    const isNearEnd = next !== null && last >= ids.length - AHEAD;
    if (isNearEnd) loadMoreThreads(list.query).catch(dropError("the next scroll asks again"));
  }, [list, last, ids.length, next]);
  useEffect(() => {
    if (Math.abs(first - droppedAt.current) < DROP_AFTER) return;
    droppedAt.current = first;
    dropFarRows(list, first, last);
  }, [list, first, last]);
  useEffect(() => {
    const rows = root.current;
    const stay = (event: KeyboardEvent) => stayInList(event, list.ids.peek().length);
    rows?.addEventListener("keydown", stay);
    return () => rows?.removeEventListener("keydown", stay);
  }, [list]);
  const height = list.query.shelf === "raised" ? "" : " tagged";
  return (
    <ul
      class={`thread-rows long${height}`}
      aria-label={label}
      ref={root}
      style={{ blockSize: `calc(${ids.length} * var(--row))` }}
    >
      {shown
        .sort((a, b) => a - b)
        .map((at) => (
          <li
            key={ids[at]}
            data-id={ids[at]}
            aria-posinset={at + 1}
            aria-setsize={next === null ? ids.length : -1}
            style={{ "--at": at }}
          >
            <ThreadLink id={ids[at] as string} {...rowProps} />
          </li>
        ))}
    </ul>
  );
}

const A_FEW_FRAMES = 500; // ms in which a slow phone draws the next row

/** Tab goes on to the next row also where that is drawn only in a moment: else it would leave the list. */
function stayInList(event: KeyboardEvent, count: number): void {
  if (event.key !== "Tab") return;
  const { currentTarget: list, target } = event;
  const from = target instanceof Element && target.closest("li");
  if (!from || !(list instanceof Element)) return;
  const place = Number(from.ariaPosInSet) + (event.shiftKey ? -1 : 1);
  const find = () => list.querySelector<HTMLElement>(`li[aria-posinset="${place}"] a`) ?? undefined;
  if (place < 1 || place > count || find()) return;
  event.preventDefault();
  void whenDrawn(find, A_FEW_FRAMES).then((link) => document.activeElement === target && link?.focus());
}

interface SeenRows {
  first: number;
  last: number;
}

/** The places of the rows that are seen, looked at once a frame. `drawSoon` draws the list again in the next frame. */
function useSeenRows(root: RefObject<HTMLElement | null>, length: number): SeenRows & { drawSoon: () => void } {
  const count = useRef(length);
  count.current = length;
  const [seen, setSeen] = useState<SeenRows>({ first: 0, last: 0 });
  const frame = useRef(0);
  const [drawSoon] = useState(() => () => {
    frame.current ||= requestAnimationFrame(() => {
      frame.current = 0;
      setSeen((before) => seenIn(root.current, count.current) ?? { ...before });
    });
  });
  useLayoutEffect(() => {
    const pane = paneOf(root.current);
    if (!root.current || !pane) return;
    setSeen((before) => seenIn(root.current, count.current) ?? before);
    const observer = new ResizeObserver(drawSoon);
    observer.observe(pane);
    observer.observe(root.current);
    pane.addEventListener("scroll", drawSoon, { passive: true });
    return () => {
      cancelAnimationFrame(frame.current);
      observer.disconnect();
      pane.removeEventListener("scroll", drawSoon);
    };
  }, [root, drawSoon]);
  return { ...seen, drawSoon };
}

const paneOf = (rows: HTMLElement | null) => rows?.closest<HTMLElement>(".list-pane");

/** null while the list is hidden. */
function seenIn(rows: HTMLElement | null, count: number): SeenRows | null {
  const pane = paneOf(rows);
  const height = (rows?.clientHeight ?? 0) / count;
  if (!rows || !pane || !height) return null;
  const place = (y: number) =>
    Math.min(count - 1, Math.max(0, Math.floor((pane.scrollTop + y - rows.offsetTop) / height)));
  return { first: place(0), last: place(pane.clientHeight) };
}

/**
 * The places of the rows to draw, what is seen first. The row that has the focus and the row of the open thread stay: a
 * keyboard goes on from there.
 */
function placesNear(first: number, last: number, ids: readonly string[], root: HTMLElement | null): number[] {
  const focused = root?.contains(document.activeElement) && document.activeElement?.closest("li")?.dataset["id"];
  const kept = [focused || "", openThreadId.peek()].map((id) => ids.indexOf(id));
  const places = [
    ...kept,
    ...range(first, last),
    ...range(last + 1, last + OVERSCAN),
    ...range(first - OVERSCAN, first - 1),
  ];
  return [...new Set(places)].filter((at) => at >= 0 && at < ids.length);
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => from + n);
