// Whoever answers a thread is told when it ends, whatever page is open: it leaves the list of what is to be done.

import { navigate, openThreadId, route } from "../../browser/route";
import { pageMessages } from "../../i18n/page-messages";
import { onThreadChange } from "../../sync/store";
import { toast } from "../../ui/toast";

const { settle: texts } = pageMessages;

/** Call once. `page` has the threads. */
export function announceEnds(page: string): void {
  onThreadChange((id, before, { row }) => {
    const hasEnded = before.row?.state === "open" && row?.state === "terminated";
    if (!hasEnded || row.as === "raiser") return;
    const isOpen = openThreadId.peek() === id && route.peek().page === page; // its own log says it
    if (!isOpen) toast(texts.ended(row.subject), { action: { label: texts.show, run: () => navigate(page, id) } });
  });
}
