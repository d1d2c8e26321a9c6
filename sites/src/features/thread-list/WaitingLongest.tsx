// In place of a thread, where there is room: the threads that have waited longest for an answer of this side. They are the
// first of the list of open threads (`thread-lists.ts`), so nothing more is loaded.

import { useEffect, useState } from "preact/hooks";
import type { Row } from "../../api/protocol";
import type { Mailbox } from "../../api/types";
import { route } from "../../browser/route";
import { pageMessages } from "../../i18n/page-messages";
import { isWaiting } from "../../sync/inbox-status";
import { thread } from "../../sync/store";
import { loadedList } from "../../sync/thread-lists";
import { WaitingRows } from "./WaitingRows";

const MOST = 5;
const wide = matchMedia("(min-width: 1600px)");

export interface WaitingLongestProps {
  shelf: Mailbox;
  nameOf: (row: Row) => string;
}

export function WaitingLongest({ shelf, nameOf }: WaitingLongestProps) {
  const [isWide, setIsWide] = useState(wide.matches);
  useEffect(() => {
    const update = () => setIsWide(wide.matches);
    wide.addEventListener("change", update);
    return () => wide.removeEventListener("change", update);
  }, []);
  const first = (isWide && loadedList({ shelf, show: "open" })?.ids.value.slice(0, MOST)) || [];
  const waiting = first.flatMap((id) => thread(id).row ?? []).filter(isWaiting);
  if (waiting.length === 0) return null;
  return (
    <div class="waiting-longest">
      <h2>{pageMessages.overview.oldest}</h2>
      <WaitingRows rows={waiting} page={route.value.page} nameOf={nameOf} />
    </div>
  );
}
