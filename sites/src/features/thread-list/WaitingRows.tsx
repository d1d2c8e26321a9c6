// Threads that wait for an answer, each with how long it has waited: in the overview, and in place of a thread.

import { currentMinute } from "../../browser/server-clock";
import type { Row } from "../../api/protocol";
import { href } from "../../browser/route";
import { pageMessages } from "../../i18n/page-messages";
import { fullDateTime, shortDate } from "../../i18n/time";
import { Time } from "../../ui/Time";

interface WaitingRowsProps {
  rows: readonly Row[];
  page: string;
  nameOf: (row: Row) => string;
}

export function WaitingRows({ rows, page, nameOf }: WaitingRowsProps) {
  return (
    <ul class="waiting-list">
      {rows.map((row) => (
        <li key={row.id}>
          <a class="waiting-row" href={href(page, row.id)}>
            <bdi>{row.subject}</bdi>
            {"turn_since" in row && (
              <span class="muted">
                <bdi>{nameOf(row)}</bdi> · {pageMessages.overview.since}{" "}
                <Time
                  at={row.turn_since}
                  text={shortDate(row.turn_since, currentMinute.value)}
                  full={fullDateTime(row.turn_since)}
                />
              </span>
            )}
          </a>
        </li>
      ))}
    </ul>
  );
}
