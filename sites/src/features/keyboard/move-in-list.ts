// The focus moves in a list from row to row. A list changes while a person works through it: a thread that was answered
// moves down or leaves, and a long list draws only the rows that are near.

import { drawn, usable } from "./controls";

export const ROWS = ".list-pane .thread-row, .list-pane .show-older, .cards .card";
const OPEN_ROW = ".list-pane .thread-row[aria-current]";
const A_FEW_FRAMES = 200; // ms in which a long list draws its next row

type Row = HTMLElement | undefined;

/** A row that had the focus, and the rows beside it as it got the focus. */
let visited: { row: HTMLElement; next: Row; previous: Row } | null = null;

/** Call at each `focusin`. */
export function visit(event: FocusEvent): void {
  const row = event.target instanceof HTMLElement && event.target.matches(ROWS) ? event.target : null;
  if (!row || row === visited?.row) return;
  const rows = usable(ROWS);
  const index = rows.indexOf(row);
  visited = { row, next: rows[index + 1], previous: rows[index - 1] };
}

const isBefore = (one: Row, other: Row): boolean =>
  Boolean(one && other && one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);

/** Whether a row has moved since it was visited. The row of the open thread stays where it is: only others move. */
const isElsewhere = (row: HTMLElement, { next, previous }: { next: Row; previous: Row }): boolean =>
  !row.matches("[aria-current]") && (isBefore(next, row) || isBefore(row, previous));

/** The row beside this one. If this one has moved or is gone, the list goes on where it was. */
function beside(from: Row, by: 1 | -1): Row {
  const rows = usable(ROWS);
  const hasMoved = visited && (from ? from === visited.row && isElsewhere(from, visited) : true);
  const former = hasMoved ? (by === 1 ? visited?.next : visited?.previous) : undefined;
  if (former && rows.includes(former)) return former;
  if (!from) return rows[0];
  const found = rows.includes(from) ? rows[rows.indexOf(from) + by] : undefined;
  return found && !isGap(from, found) ? found : undefined;
}

/** A long list does not draw all of its rows: others may lie between two that are drawn, or before its end. */
function isGap(one: HTMLElement, other: HTMLElement): boolean {
  const [upper, lower] = isBefore(one, other) ? [one, other] : [other, one];
  const [a, b] = [upper.closest("[aria-posinset]"), lower.closest("[aria-posinset]")];
  if (a && a.parentElement === b?.parentElement) return place(b) - place(a) > 1;
  return (a !== null && place(a) !== Number(a.getAttribute("aria-setsize"))) || (b !== null && place(b) !== 1);
}

const place = (row: Element): number => Number(row.getAttribute("aria-posinset"));

/** Moves the focus in the list: from the row that has it, or else from the row of the open thread. */
export async function move(by: 1 | -1): Promise<void> {
  const focused = document.activeElement?.closest<HTMLElement>(ROWS);
  const from = focused ?? document.querySelector<HTMLElement>(OPEN_ROW) ?? undefined;
  if (!focused) from?.scrollIntoView({ block: "nearest" });
  const here = document.activeElement;
  const find = () => (document.activeElement === here ? beside(from, by) : undefined);
  (find() ?? (await drawn(find, A_FEW_FRAMES)))?.focus();
}
