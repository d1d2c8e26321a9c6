// A long list has only the rows near those that are seen in the document, and the row that has the focus or is open. So a
// list of thousands scrolls as a short one does.

import { defaultRangeExtractor, elementScroll, observeElementOffset, observeElementRect } from "@tanstack/virtual-core";
import { type Range, Virtualizer } from "@tanstack/virtual-core";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { dropError } from "../../browser/drop-error";
import { openThreadId } from "../../browser/route";
import { fillPage, loadMoreThreads } from "../../sync/sync";
import { dropFarRows } from "../../sync/drop-far-rows";
import type { ThreadList } from "../../sync/thread-lists";
import { type RowProps, ThreadLink } from "./ThreadLink";

const ROW_HEIGHT = 92; // px, until a row is measured
const OVERSCAN = 20; // rows above and below those that are seen
const AHEAD = 25; // rows before the end at which the next page is loaded
const DROP_AFTER = 100; // rows that the list was scrolled by

interface LongRowsProps {
  list: ThreadList;
  label: string;
  rowProps: RowProps;
}

export function LongRows({ list, label, rowProps }: LongRowsProps) {
  const ids = list.ids.value;
  const next = list.next.value;
  const root = useRef<HTMLUListElement>(null);
  const rows = useVirtualizer(ids, root);
  const items = rows.getVirtualItems();
  const top = rows.options.scrollMargin;
  const droppedAt = useRef(0);
  const first = rows.range?.startIndex ?? 0;
  const last = rows.range?.endIndex ?? 0;
  const fill = useCallback(
    (id: string) => void fillPage(list.query, id).catch(dropError("it is asked for again when it is shown again")),
    [list],
  );
  useEffect(() => {
    const isNearEnd = next !== null && last >= ids.length - AHEAD;
    if (isNearEnd) loadMoreThreads(list.query).catch(dropError("it is asked for again by the next scroll"));
  }, [list, last, ids.length, next]);
  useEffect(() => {
    if (Math.abs(first - droppedAt.current) < DROP_AFTER) return;
    droppedAt.current = first;
    dropFarRows(list, first, last);
  }, [list, first, last]);
  return (
    <ul class="thread-rows long" aria-label={label} ref={root} style={{ blockSize: `${rows.getTotalSize()}px` }}>
      {items.map(({ index, key, start, size }) => (
        <li
          key={key}
          data-index={index}
          data-id={key}
          ref={rows.measureElement}
          aria-posinset={index + 1}
          aria-setsize={next === null ? ids.length : -1}
          style={{ transform: `translateY(${start - top}px)`, "--row-size": `${size}px` }}
        >
          <ThreadLink id={String(key)} {...rowProps} fill={fill} />
        </li>
      ))}
    </ul>
  );
}

function useVirtualizer(
  ids: readonly string[],
  root: { readonly current: HTMLUListElement | null },
): Virtualizer<HTMLElement, HTMLLIElement> {
  const [, redraw] = useState({});
  const getItemKey = useCallback((index: number) => ids[index] ?? index, [ids]); // another one measures all rows again
  const options = {
    count: ids.length,
    getScrollElement: () => root.current?.closest<HTMLElement>(".list-pane") ?? null,
    estimateSize: () => ROW_HEIGHT,
    getItemKey,
    overscan: OVERSCAN,
    scrollMargin: root.current?.offsetTop ?? 0,
    rangeExtractor: (range: Range) => withKept(range, ids, root.current),
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => redraw({}),
  };
  const [rows] = useState(() => new Virtualizer<HTMLElement, HTMLLIElement>(options));
  rows.setOptions(options);
  useLayoutEffect(() => rows._didMount(), [rows]);
  useLayoutEffect(() => rows._willUpdate());
  return rows;
}

/** The row that has the focus and the row of the open thread stay: a keyboard goes on from there. */
function withKept(range: Range, ids: readonly string[], root: HTMLElement | null): number[] {
  const focused = root?.contains(document.activeElement) && document.activeElement?.closest("li")?.dataset["id"];
  const kept = [focused || "", openThreadId.peek()].map((id) => ids.indexOf(id)).filter((index) => index >= 0);
  return [...new Set([...defaultRangeExtractor(range), ...kept])].sort((a, b) => a - b);
}
