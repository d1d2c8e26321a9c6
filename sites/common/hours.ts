// Whether an office is open follows from its published hours and its own clock alone, never from who is there.

import type { OpenHours } from "./protocol";
import { locale } from "./words";

export type Now = { t: "open"; until: number } | { t: "closed"; day: number; opens: number };

const MONDAY = Date.UTC(2024, 0, 1);
const DAY = 86_400_000;
const MINUTE = 60_000;
const DAYS = [1, 2, 3, 4, 5, 6, 7];

const time = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit", timeZone: "UTC" });
const weekday = new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" });

/** A moment of the week by an office's clock: 1 is Monday, minutes since midnight. Null if nobody knows such a clock. */
export function clockIn(zone: string, at: number): { day: number; minute: number } | null {
  try {
    const format = new Intl.DateTimeFormat("en-GB", { timeZone: zone || "UTC", weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const parts = new Map(format.formatToParts(at).map((part) => [part.type, part.value]));
    const day = 1 + ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(parts.get("weekday") ?? "");
    return { day, minute: Number(parts.get("hour")) * 60 + Number(parts.get("minute")) };
  } catch {
    return null; // a zone that this browser does not know
  }
}

/** Open until when, or closed until when; null where no hours are published. */
export function openness(hours: readonly OpenHours[], zone: string, at: number): Now | null {
  const now = hours.length ? clockIn(zone, at) : null;
  if (!now) return null;
  const here = hours.find(({ day, opens, closes }) => day === now.day && opens <= now.minute && now.minute < closes);
  if (here) return { t: "open", until: here.closes };
  const wait = ({ day, opens }: OpenHours) => ((day - now.day) * 1440 + opens - now.minute + 10_080) % 10_080;
  const next = [...hours].sort((a, b) => wait(a) - wait(b))[0] as OpenHours;
  return { t: "closed", day: next.day, opens: next.opens };
}

/** The week as people write it: days that follow one another and are alike are one line. */
export function weekly(hours: readonly OpenHours[]): { from: number; to: number; spans: string }[] {
  const lines: { from: number; to: number; spans: string }[] = [];
  for (const day of DAYS) {
    const spans = on(hours, day).map(({ opens, closes }) => `${at(opens)}–${at(closes)}`).join(", ");
    const last = lines.at(-1);
    if (spans && last?.to === day - 1 && last.spans === spans) last.to = day;
    else if (spans) lines.push({ from: day, to: day, spans });
  }
  return lines;
}

export const on = (hours: readonly OpenHours[], day: number): OpenHours[] =>
  hours.filter((each) => each.day === day).sort((a, b) => a.opens - b.opens);

export const at = (minute: number): string => time.format(MONDAY + minute * MINUTE);

export const dayName = (day: number): string => weekday.format(MONDAY + (day - 1) * DAY);

export const inZone = (zone: string): boolean => zone === "" || zone === Intl.DateTimeFormat().resolvedOptions().timeZone;
