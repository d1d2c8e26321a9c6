// The days that divide a thread's messages, in the reader's time zone.

import { locale } from "./messages";
import { DAYS_WITHOUT_YEAR, daysAgo, format } from "./time";

const longDate = format({ weekday: "long", day: "numeric", month: "long" });
const withYear = format({ day: "numeric", month: "long", year: "numeric" });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

/** The calendar day in this time zone, as `datetime` has it. */
export const isoDay = (at: number): string => {
  const day = new Date(at);
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
};

/** The moment at which a calendar day begins in this time zone, from `isoDay`. */
export const startOfDay = (day: string): number => new Date(`${day}T00:00`).getTime();

/** For a divider: Today · Yesterday · Monday 3 March · 3 March 2024. */
export function dayLabel(at: number, now: number): string {
  const days = Math.max(0, daysAgo(at, now));
  if (days < 2) {
    const text = relative.format(-days, "day");
    return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
  }
  return (days < DAYS_WITHOUT_YEAR ? longDate : withYear).format(at);
}
