// The order of a list is in the address, so that it is there after a reload and after another page.

import type { Mailbox, ThreadSort } from "../../api/types";
import { route } from "../../browser/route";

/** The orders that a person can choose for a mailbox, its own one first. */
export const SORTS: Record<Mailbox, readonly ThreadSort[]> = {
  raised: ["activity", "newest"],
  received: ["waiting", "newest", "activity"],
  handled: ["waiting", "newest", "activity"],
};

/** undefined: the order that the list has by itself. */
export function sortInAddress(shelf: Mailbox): ThreadSort | undefined {
  const found = new URLSearchParams(route.value.query ?? "").get("sort");
  return SORTS[shelf].slice(1).find((sort) => sort === found);
}
