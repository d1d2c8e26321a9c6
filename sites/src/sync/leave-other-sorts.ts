import type { Mailbox, ThreadSort } from "../api/types";
import { FIRST_LISTS, hasOwnOrder, keepLists, listKey } from "./thread-lists";

/** Leaves the lists of a mailbox that come in another order: each would be loaded again after every connection. */
export function leaveOtherSorts(shelf: Mailbox, sort: ThreadSort | undefined): void {
  const first = new Set(FIRST_LISTS[shelf].map(listKey));
  keepLists((key, { query }) => query.shelf !== shelf || query.sort === sort || hasOwnOrder(query) || first.has(key));
}
