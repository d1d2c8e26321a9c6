// A school's published office hours tell when an answer is likely. Nothing here depends on who is there.

import { currentMinute } from "../../browser/server-clock";
import { dayName, timeOfDay, clockInZone, isLocalZone, openingState, weeklyLines } from "../../i18n/office-hours";
import type { OpenHours } from "../../api/types";
import { pageMessages } from "../../i18n/page-messages";

export function OfficeHours({ hours, zone }: { hours: readonly OpenHours[]; zone: string }) {
  const status = openingText(hours, zone, currentMinute.value);
  if (!status) return null;
  return (
    <details class="office-hours">
      <summary>{status}</summary>
      <dl>
        {weeklyLines(hours).map(({ from, to, spans }) => (
          <div key={from}>
            <dt>{pageMessages.schools.days(dayName(from), dayName(to))}</dt>
            <dd>{spans}</dd>
          </div>
        ))}
      </dl>
      {!isLocalZone(zone) && <p class="muted">{pageMessages.schools.clock(zone || "UTC")}</p>}
    </details>
  );
}

/** The same in a few words, beside a thread: when an answer is likely. */
export function OpeningTime({ hours, zone }: { hours: readonly OpenHours[]; zone: string }) {
  const status = openingText(hours, zone, currentMinute.value, true);
  return status && <span class="opening-time"> · {status}</span>;
}

/** For example "Open now, until 16:00"; null if no hours are published. `isBrief`: "Opens Monday at 9:00". */
function openingText(hours: readonly OpenHours[], zone: string, now: number, isBrief = false): string | null {
  const state = openingState(hours, zone, now);
  if (!state) return null;
  const { openAlways, openUntil, openUntilDay, ...closed } = pageMessages.schools;
  const { opensToday, opensOn } = isBrief ? closed.brief : closed;
  if (state.t === "always") return openAlways;
  if (state.t === "open" && state.day !== null) return openUntilDay(dayName(state.day), timeOfDay(state.until));
  if (state.t === "open") return openUntil(timeOfDay(state.until));
  const today = clockInZone(zone, now);
  const later = today?.day === state.day && today.minute < state.opens;
  return later ? opensToday(timeOfDay(state.opens)) : opensOn(dayName(state.day), timeOfDay(state.opens));
}
