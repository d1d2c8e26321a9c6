// Times as a person says them: the hour today, the day this week, the date before that, in their own time zone.

import { locale } from "./messages";

export const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options);
const hour = format({ hour: "numeric", minute: "2-digit" });
const weekday = format({ weekday: "short" });
const date = format({ day: "numeric", month: "short" });
const dateYear = format({ day: "numeric", month: "short", year: "numeric" });
const full = format({ dateStyle: "long", timeStyle: "short" });

const DAY = 86_400_000;
export const DAYS_WITHOUT_YEAR = 300; // days; an older date needs its year
const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

/** How many calendar days lie between a moment and now. */
export const daysAgo = (at: number, now: number): number => Math.round((midnight(now) - midnight(at)) / DAY);

export const timeOfDay = (at: number): string => hour.format(at);
export const fullDateTime = (at: number): string => full.format(at);
export const longDate = (at: number): string => format({ dateStyle: "long" }).format(at);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const inUnit = (unit: string) =>
  new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 });
const minutes = inUnit("minute");
const hours = inUnit("hour");
const wholeDays = inUnit("day");

/** How long something has lasted, in its largest unit: 3 minutes · 5 hours · 12 days. */
export function duration(ms: number): string {
  const atLeast = Math.max(ms, MINUTE);
  if (atLeast < HOUR) return minutes.format(Math.floor(atLeast / MINUTE));
  if (atLeast < DAY) return hours.format(Math.floor(atLeast / HOUR));
  return wholeDays.format(Math.floor(atLeast / DAY));
}

/** For a list: 14:02 · Tue · 3 Mar · 3 Mar 2024. */
export function shortDate(at: number, now: number): string {
  const days = daysAgo(at, now);
  if (days <= 0) return timeOfDay(at);
  return (days < 7 ? weekday : days < DAYS_WITHOUT_YEAR ? date : dateYear).format(at);
}
