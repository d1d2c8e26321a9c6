// Whether an office is open follows from its published hours and its own clock, never from who is there.

import type { OpenHours } from "../api/types";
import { locale } from "./messages";

export type OpeningState = { t: "open"; until: number } | { t: "closed"; day: number; opens: number };

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
  const current = hours.find(({ day, opens, closes }) => day === now.day && opens <= now.minute && now.minute < closes);
  if (current) return { t: "open", until: current.closes };
  const minutesUntil = ({ day, opens }: OpenHours) => ((day - now.day) * 1440 + opens - now.minute + 10_080) % 10_080;
  const next = [...hours].sort((a, b) => minutesUntil(a) - minutesUntil(b))[0] as OpenHours;
  return { t: "closed", day: next.day, opens: next.opens };
}

/** The week in as few lines as possible: successive days with the same hours share a line. */
export function weeklyLines(hours: readonly OpenHours[]): { from: number; to: number; spans: string }[] {
  const lines: { from: number; to: number; spans: string }[] = [];
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
  zone === "" || zone === Intl.DateTimeFormat().resolvedOptions().timeZone;
