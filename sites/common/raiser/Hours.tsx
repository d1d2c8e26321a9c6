// When an answer is likely is told by a school's published hours, and by nothing that depends on who is there.

import { minute } from "../clock";
import { dayName, at, clockIn, inZone, openness, weekly } from "../hours";
import type { OpenHours } from "../protocol";
import { more } from "../words-more";

export function Hours({ hours, zone }: { hours: readonly OpenHours[]; zone: string }) {
  const status = sayOpen(hours, zone, minute.value);
  if (!status) return null;
  return (
    <details class="hours">
      <summary>{status}</summary>
      <dl>
        {weekly(hours).map(({ from, to, spans }) => (
          <div key={from}>
            <dt>{more.schools.days(dayName(from), dayName(to))}</dt>
            <dd>{spans}</dd>
          </div>
        ))}
      </dl>
      {!inZone(zone) && <p class="muted">{more.schools.clock(zone)}</p>}
    </details>
  );
}

/** "Open now, until 16:00"; null where no hours are published. */
export function sayOpen(hours: readonly OpenHours[], zone: string, now: number): string | null {
  const state = openness(hours, zone, now);
  if (!state) return null;
  const { openUntil, opensToday, opensOn } = more.schools;
  if (state.t === "open") return openUntil(at(state.until));
  const today = clockIn(zone, now);
  const later = today?.day === state.day && today.minute < state.opens;
  return later ? opensToday(at(state.opens)) : opensOn(dayName(state.day), at(state.opens));
}
