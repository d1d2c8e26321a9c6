// At five open threads, the raiser sees which ones they can end. Those that look settled come first.

import { currentMinute } from "../../browser/server-clock";
import type { RaiserRow } from "../../api/protocol";
import { announce } from "../../ui/announce";
import { Time } from "../../ui/Time";
import { Skeleton } from "../../ui/Skeleton";
import { useAction } from "../app/use-action";
import { href } from "../../browser/route";
import { isLoaded } from "../../sync/store";
import { fullDateTime, shortDate } from "../../i18n/time";
import { messages } from "../../i18n/messages";
import { pageMessages } from "../../i18n/page-messages";
import { openRaisedRows, schoolName, settledFirst } from "./raised-threads";
import { endThread } from "./RaisedThread";

export function ThreadLimitNotice({ threadsPage, hasDraft }: { threadsPage: string; hasDraft: boolean }) {
  const [busy, run] = useAction();
  const end = async (row: RaiserRow) => {
    if (await endThread(row)) announce(pageMessages.endThread.done);
  };
  const open = settledFirst(openRaisedRows());
  return (
    <section class="thread-limit" aria-label={pageMessages.raise.limitTitle}>
      <p class="strong" role="alert">
        {pageMessages.refusals.five_threads}
      </p>
      {isLoaded.value ? (
        <ul>
          {open.map((row) => (
            <li key={row.id}>
              <a href={href(threadsPage, row.id)}>
                <bdi>{row.subject}</bdi>
                <span class="muted">
                  {pageMessages.raise.lastFrom(
                    row.last?.side === "school" ? schoolName(row) : pageMessages.raise.fromYou,
                  )}{" "}
                  · <Time at={row.at} text={shortDate(row.at, currentMinute.value)} full={fullDateTime(row.at)} />
                </span>
              </a>
              <button type="button" class="button" aria-disabled={busy} onClick={() => run(() => end(row))}>
                {pageMessages.endThread.action}
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <Skeleton label={messages.list.loading} />
      )}
      {hasDraft && <p class="muted">{pageMessages.raise.textKept}</p>}
    </section>
  );
}
