// In place of a thread, where there is room: the threads that have waited longest for an answer of this side. They are the
// first of the list of open threads (`thread-lists.ts`), so nothing more is loaded.

import { useEffect, useState } from "preact/hooks";
import { currentMinute } from "../../browser/server-clock";
import type { Row } from "../../api/protocol";
import type { Mailbox } from "../../api/types";
import { href, route } from "../../browser/route";
import { messages } from "../../i18n/messages";
import { pageMessages } from "../../i18n/page-messages";
import { duration } from "../../i18n/time";
import { isWaiting } from "../../sync/inbox-status";
import { thread } from "../../sync/store";
import { loadedList } from "../../sync/thread-lists";

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
      <h2>{pageMessages.waitingLongest}</h2>
      <ul>
        {waiting.map((row) => (
          <li key={row.id}>
            <a class="waiting-row" href={href(route.value.page, row.id)}>
              <bdi class="row-subject">{row.subject}</bdi>
              <bdi class="row-name">{nameOf(row)}</bdi>
              {"turn_since" in row && (
                <span class="tag">{messages.list.waits(duration(currentMinute.value - row.turn_since))}</span>
              )}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
