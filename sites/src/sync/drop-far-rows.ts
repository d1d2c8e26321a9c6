// Rows that are far from those that a person sees leave the memory.

import { batch } from "@preact/signals";
import { peekThread } from "./store";
import { dropRow, type ThreadList } from "./thread-lists";

/** How many rows stay in memory at the start of a list, and above and below those that are shown. */
const KEPT_ROWS = 200;

/** `first` and `last` are the places of the rows that are seen. A thread whose log is in memory stays. */
export function dropFarRows(list: ThreadList, first: number, last: number): void {
  batch(() =>
    list.ids.peek().forEach((id, index) => {
      const isNear = index < KEPT_ROWS || (index >= first - KEPT_ROWS && index <= last + KEPT_ROWS);
      const { row, log } = peekThread(id);
      if (row && !log && !isNear) dropRow(id);
    }),
  );
}
