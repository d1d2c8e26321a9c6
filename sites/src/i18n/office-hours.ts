// Whether an office is open follows from its published hours and its own clock, never from who is there.

import type { OpenHours } from "../api/types";
import { locale } from "./messages";

export type OpeningState =
  | { t: "always" }
  /** `day` is set if it closes on another day, more than 24 hours from now. */
  | { t: "open"; until: number; day: number | null }
  | { t: "closed"; day: number; opens: number };

const DAY_MINUTES = 1440;
const WEEK_MINUTES = 7 * DAY_MINUTES;
const MONDAY = Date.UTC(2024, 0, 1);
const DAY = 86_400_000;
const MINUTE = 60_000;
const DAYS = [1, 2, 3, 4, 5, 6, 7];

const time = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit", timeZone: "UTC" });
const weekday = new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" });

/** The day (1 is Monday) and the minutes since midnight in a time zone; null if this browser does not know the zone. */
export function clockInZone(zone: string, at: number): { day: number; minute: number } | null {
  try {
    const format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone || "UTC",
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    const parts = new Map(format.formatToParts(at).map((part) => [part.type, part.value]));
    const day = 1 + ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(parts.get("weekday") ?? "");
    return { day, minute: Number(parts.get("hour")) * 60 + Number(parts.get("minute")) };
  } catch {
    return null; // this browser does not know the zone
  }
}

/** Whether an office is open and until when, or when it opens; null if no hours are published. */
export function openingState(hours: readonly OpenHours[], zone: string, at: number): OpeningState | null {
  const now = hours.length ? clockInZone(zone, at) : null;
  if (!now) return null;
  const minute = minuteOfWeek(now.day, now.minute);
  const spans = mergeSpans(hours);
  const current = spans.find(
    ({ from, until }) => (from <= minute && minute < until) || minute + WEEK_MINUTES < until, // since last Sunday
  );
  if (current && current.until - current.from >= WEEK_MINUTES) return { t: "always" };
  if (current) {
    const left = (current.until - minute) % WEEK_MINUTES;
    return { t: "open", until: current.until % DAY_MINUTES, day: left > DAY_MINUTES ? dayOf(current.until) : null };
  }
  const minutesUntil = ({ from }: WeekSpan) => (from - minute + WEEK_MINUTES) % WEEK_MINUTES;
  const next = spans.reduce((one, other) => (minutesUntil(other) < minutesUntil(one) ? other : one));
  return { t: "closed", day: dayOf(next.from), opens: next.from % DAY_MINUTES };
}

/** In minutes since Monday's first. A span that begins on Sunday may end after the week. */
interface WeekSpan {
  from: number;
  until: number;
}

const minuteOfWeek = (day: number, minute: number): number => (day - 1) * DAY_MINUTES + minute;
const dayOf = (minute: number): number => 1 + (Math.floor(minute / DAY_MINUTES) % 7);

/** The hours of a week without a break where one span ends as another begins, also at midnight. */
function mergeSpans(hours: readonly OpenHours[]): WeekSpan[] {
  const merged: WeekSpan[] = [];
  const spans = hours.map(({ day, opens, closes }) => ({
    from: minuteOfWeek(day, opens),
    until: minuteOfWeek(day, closes),
  }));
  for (const span of spans.sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && span.from <= last.until) last.until = Math.max(last.until, span.until);
    else merged.push(span);
  }
  const [first, last] = [merged[0], merged.at(-1)];
  if (!first || !last || first === last || first.from > 0 || last.until < WEEK_MINUTES) return merged;
  last.until += first.until;
  return merged.slice(1);
}

/**
 * Hours as people write them: what runs over midnight is one span of the day on which it begins, and closes after
 * minute 1440. Stored hours end at midnight and begin again.
 */
export function joinOvernight(hours: readonly OpenHours[]): OpenHours[] {
  const endsAt = (day: number) => hours.find((each) => each.day === day && each.closes === DAY_MINUTES);
  const startsAt = (day: number) => hours.find((each) => each.day === day && each.opens === 0);
  const isOvernight = (evening?: OpenHours, morning?: OpenHours) =>
    evening !== undefined && morning !== undefined && morning.closes < evening.opens;
  return hours.flatMap((span) => {
    const isMorning = span.opens === 0 && isOvernight(endsAt(previousDay(span.day)), span);
    if (isMorning) return [];
    const morning = span.closes === DAY_MINUTES ? startsAt(nextDay(span.day)) : undefined;
    return [isOvernight(span, morning) && morning ? { ...span, closes: DAY_MINUTES + morning.closes } : span];
  });
}

export const nextDay = (day: number): number => (day % 7) + 1;
const previousDay = (day: number): number => ((day + 5) % 7) + 1;

/** The week in as few lines as possible: successive days with the same hours share a line. */
export function weeklyLines(published: readonly OpenHours[]): { from: number; to: number; spans: string }[] {
  const lines: { from: number; to: number; spans: string }[] = [];
  const hours = joinOvernight(published);
  for (const day of DAYS) {
    const spans = hoursOnDay(hours, day)
      .map(({ opens, closes }) => `${timeOfDay(opens)}–${timeOfDay(closes)}`)
      .join(", ");
    const last = lines.at(-1);
    if (spans && last?.to === day - 1 && last.spans === spans) last.to = day;
    else if (spans) lines.push({ from: day, to: day, spans });
  }
  return lines;
}

export const hoursOnDay = (hours: readonly OpenHours[], day: number): OpenHours[] =>
  hours.filter((each) => each.day === day).sort((a, b) => a.opens - b.opens);

export const timeOfDay = (minute: number): string => time.format(MONDAY + minute * MINUTE);

export const dayName = (day: number): string => weekday.format(MONDAY + (day - 1) * DAY);

export const isLocalZone = (zone: string): boolean =>
  (zone || "UTC") === Intl.DateTimeFormat().resolvedOptions().timeZone;
