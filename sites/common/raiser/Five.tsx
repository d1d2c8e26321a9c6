// At five open threads a person is shown which of them they can end, the settled-looking ones first.

import { minute } from "../clock";
import { Skeleton, useAct } from "../parts/bits";
import { address } from "../route";
import { loaded } from "../session";
import { brief } from "../time";
import { words } from "../words";
import { more } from "../words-more";
import { raisedRows, schoolName, settledFirst } from "./names";
import { endThread } from "./RaisedThread";

export function Five({ threads, kept }: { threads: string; kept: boolean }) {
  const [busy, act] = useAct();
  const open = settledFirst(raisedRows().filter((row) => row.state === "open"));
  return (
    <section class="five" aria-label={more.raise.fiveTitle}>
      <p class="strong" role="alert">
        {words.refusals.five_threads}
      </p>
      {loaded.value ? (
        <ul>
          {open.map((row) => (
            <li key={row.id}>
              <a href={address(threads, row.id)}>
                <bdi>{row.subject}</bdi>
                <span class="muted">
                  {more.raise.lastFrom(
                    row.last?.side === "school" ? schoolName(row) : more.raise.fromYou,
                    brief(row.at, minute.value),
                  )}
                </span>
              </a>
              <button type="button" class="button" aria-disabled={busy} onClick={() => act(() => endThread(row))}>
                {words.end.action}
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <Skeleton label={words.list.loading} />
      )}
      {kept && <p class="muted">{more.raise.kept}</p>}
    </section>
  );
}
