// Times as a person says them: the hour today, the day this week, the date before that, in their own time zone.

import { locale } from "./messages";

const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options);
const hour = format({ hour: "numeric", minute: "2-digit" });
const weekday = format({ weekday: "short" });
const date = format({ day: "numeric", month: "short" });
const dateYear = format({ day: "numeric", month: "short", year: "numeric" });
const longDate = format({ weekday: "long", day: "numeric", month: "long" });
const withYear = format({ day: "numeric", month: "long", year: "numeric" });
const full = format({ dateStyle: "long", timeStyle: "short" });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

const DAY = 86_400_000;
const DAYS_WITHOUT_YEAR = 300; // days; an older date needs its year
const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

/** How many calendar days lie between a moment and now. */
export const daysAgo = (at: number, now: number): number => Math.round((midnight(now) - midnight(at)) / DAY);

export const timeOfDay = (at: number): string => hour.format(at);
export const fullDateTime = (at: number): string => full.format(at);

/** The calendar day in this time zone, as `datetime` has it. */
export const isoDay = (at: number): string => {
  const day = new Date(at);
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
};

/** For a list: 14:02 · Tue · 3 Mar · 3 Mar 2024. */
export function shortDate(at: number, now: number): string {
  const days = daysAgo(at, now);
  if (days <= 0) return timeOfDay(at);
  return (days < 7 ? weekday : days < DAYS_WITHOUT_YEAR ? date : dateYear).format(at);
}

/** For a divider: Today · Yesterday · Monday 3 March · 3 March 2024. */
export function dayLabel(at: number, now: number): string {
  const days = Math.max(0, daysAgo(at, now));
  if (days < 2) {
    const text = relative.format(-days, "day");
    return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
  }
  return (days < DAYS_WITHOUT_YEAR ? longDate : withYear).format(at);
}
