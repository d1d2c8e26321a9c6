// A mailbox that is shown as two groups, without filters.

import type { Mailbox, ThreadSort } from "../../api/types";
import { messages } from "../../i18n/messages";
import { loadedList } from "../../sync/thread-lists";
import type { Group } from "./ThreadList";

/** Open threads, in an order, and under a heading the ended ones. */
export const openAndEnded = (shelf: Mailbox, sort?: ThreadSort): [Group, Group] => [
  { list: { shelf, show: "open", ...(sort && { sort }) }, label: messages.list.open },
  { list: { shelf, show: "ended" }, label: messages.list.ended, hasHeading: true },
];

/** How many threads there must be for an order of them. */
const FEW = 2;

/** Whether a mailbox has so many threads that a person may want them in another order. */
export const hasOrder = (groups: readonly Group[]): boolean =>
  groups.reduce((sum, { list }) => sum + (loadedList(list)?.ids.value.length ?? 0), 0) >= FEW;
