// Office hours as one edits them: spans a day as two times of the clock, which are hours again only when they make sense.

import { on } from "../common/hours";
import type { OpenOn } from "../common/protocol";

export interface Typed {
  from: string;
  until: string;
}

/** The spans of each day, Monday first. */
export type Week = readonly (readonly Typed[])[];

export const SPANS = 3; // a day
export const USUAL: Typed = { from: "09:00", until: "16:00" };

const DAYS = [1, 2, 3, 4, 5, 6, 7];

/** `09:30` for 570; midnight at a day's end is `00:00` again. */
export const toTime = (minute: number): string =>
  [Math.floor(minute / 60) % 24, minute % 60].map((part) => String(part).padStart(2, "0")).join(":");

export function toMinute(time: string): number | null {
  const [, hour, minute] = /^(\d\d):(\d\d)$/.exec(time) ?? [];
  return hour === undefined ? null : Number(hour) * 60 + Number(minute);
}

export const toWeek = (hours: readonly OpenOn[]): Week =>
  DAYS.map((day) => on(hours, day).map(({ opens, closes }) => ({ from: toTime(opens), until: toTime(closes) })));

/** The hours of a week, or for which day (0 is Monday) what is wrong with them. */
export function toHours(week: Week): { hours: OpenOn[] } | { day: number; wrong: "span" | "overlap" } {
  const hours: OpenOn[] = [];
  for (const [index, spans] of week.entries()) {
    let last = -1;
    const typed = spans.map(({ from, until }) => ({ opens: toMinute(from) ?? -1, closes: toMinute(until) || 1440, empty: until === "" }));
    for (const { opens, closes, empty } of typed.sort((a, b) => a.opens - b.opens)) {
      if (opens < 0 || empty || opens >= closes) return { day: index, wrong: "span" };
      if (opens < last) return { day: index, wrong: "overlap" };
      hours.push({ day: index + 1, opens, closes });
      last = closes;
    }
  }
  return { hours };
}

const change = (week: Week, day: number, spans: readonly Typed[]): Week => week.map((held, index) => (index === day ? spans : held));

/** One more span on a day: the usual one, or an hour from the last one's end. */
export function added(week: Week, day: number): Week {
  const spans = week[day] ?? [];
  const end = toMinute(spans.at(-1)?.until ?? "");
  const begin = end === null || end === 0 ? null : Math.min(end + 60, 22 * 60);
  const next = begin === null ? USUAL : { from: toTime(begin), until: toTime(begin + 60) };
  return change(week, day, [...spans, next]);
}

export const dropped = (week: Week, day: number, n: number): Week => change(week, day, (week[day] ?? []).filter((_, index) => index !== n));

export const typedIn = (week: Week, day: number, n: number, typed: Partial<Typed>): Week =>
  change(week, day, (week[day] ?? []).map((span, index) => (index === n ? { ...span, ...typed } : span)));

/** Monday's hours from Tuesday to Friday too. */
export const likeMonday = (week: Week): Week => week.map((spans, index) => (index < 5 ? (week[0] ?? []) : spans));
