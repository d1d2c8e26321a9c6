// Office hours while they are edited: time spans for each day, as text. They become hours again when they are valid.
//
// A span that ends before it begins ends on the next day. It is stored as two: until midnight, and from midnight on.

import { hoursOnDay, joinOvernight, nextDay } from "../../i18n/office-hours";
import type { OpeningHours } from "../../api/types";

export interface TimeSpan {
  from: string;
  until: string;
}

/** The spans of each day, Monday first. */
export type Week = readonly (readonly TimeSpan[])[];

export const MAX_SPANS = 3; // a day
const DEFAULT_SPAN: TimeSpan = { from: "09:00", until: "16:00" };

const DAYS = [1, 2, 3, 4, 5, 6, 7];

/** `09:30` for 570; midnight at a day's end is `00:00` again. */
export const toTime = (minute: number): string =>
  [Math.floor(minute / 60) % 24, minute % 60].map((part) => String(part).padStart(2, "0")).join(":");

export function toMinute(time: string): number | null {
  const [, hour, minute] = /^(\d\d):(\d\d)$/.exec(time) ?? [];
  return hour === undefined ? null : Number(hour) * 60 + Number(minute);
}

export const toWeek = (hours: readonly OpeningHours[]): Week =>
  DAYS.map((day) =>
    hoursOnDay(joinOvernight(hours), day).map(({ opens, closes }) => ({ from: toTime(opens), until: toTime(closes) })),
  );

/** Whether a span ends on the day after it begins. */
export function isOvernight({ from, until }: TimeSpan): boolean {
  const [opens, closes] = [toMinute(from), toMinute(until)];
  return opens !== null && closes !== null && 0 < closes && closes < opens;
}

/** The hours of a week, or the day (0 is Monday) that is invalid, and why. */
export function toHours(week: Week): { hours: OpeningHours[] } | { day: number; error: "span" | "overlap" } {
  const hours: OpeningHours[] = [];
  for (const [index, spans] of week.entries()) {
    for (const span of spans) {
      const [opens, closes] = [toMinute(span.from), toMinute(span.until)];
      if (opens === null || closes === null || (opens === closes && opens > 0)) return { day: index, error: "span" };
      const day = index + 1;
      if (isOvernight(span)) hours.push({ day, opens, closes: 1440 }, { day: nextDay(day), opens: 0, closes });
      else hours.push({ day, opens, closes: closes || 1440 });
    }
  }
  hours.sort((a, b) => a.day - b.day || a.opens - b.opens);
  const overlap = hours.find(({ day, opens }, n) => hours[n - 1]?.day === day && opens < (hours[n - 1]?.closes ?? 0));
  return overlap ? { day: overlap.day - 1, error: "overlap" } : { hours };
}

const withDay = (week: Week, day: number, spans: readonly TimeSpan[]): Week =>
  week.map((current, index) => (index === day ? spans : current));

/** Adds a span to a day: the default one, or an hour after the end of the last one. */
export function addSpan(week: Week, day: number): Week {
  const spans = week[day] ?? [];
  const end = toMinute(spans.at(-1)?.until ?? "");
  const begin = end === null || end === 0 ? null : Math.min(end + 60, 22 * 60);
  const next = begin === null ? DEFAULT_SPAN : { from: toTime(begin), until: toTime(begin + 60) };
  return withDay(week, day, [...spans, next]);
}

export const removeSpan = (week: Week, day: number, n: number): Week =>
  withDay(
    week,
    day,
    (week[day] ?? []).filter((_, index) => index !== n),
  );

export const updateSpan = (week: Week, day: number, n: number, typed: Partial<TimeSpan>): Week =>
  withDay(
    week,
    day,
    (week[day] ?? []).map((span, index) => (index === n ? { ...span, ...typed } : span)),
  );

/** Copies Monday's hours to Tuesday through Friday. */
export const copyMonday = (week: Week): Week => week.map((spans, index) => (index < 5 ? (week[0] ?? []) : spans));
