// When a snoozed thread comes back: later today, tomorrow morning, or on Monday, by the clock of the school.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const LATER = 3 * HOUR;
const MORNING = 8; // o'clock
const EVENING = 20; // "later today" is not later than this

export interface SnoozeTime {
  name: "today" | "tomorrow" | "monday";
  at: number;
}

/** A date and an hour as a clock on a wall shows them. */
interface WallTime {
  year: number;
  month: number;
  day: number;
  hour: number;
}

/** The moments to choose from. A browser that does not know the zone goes by its own. */
export function snoozeTimes(now: number, zone: string): SnoozeTime[] {
  const format = formatIn(zone);
  const today = wallTime(format, now);
  const morning = (days: number) => momentOf(format, { ...today, day: today.day + days, hour: MORNING });
  const later = Math.ceil((now + LATER) / (30 * MINUTE)) * 30 * MINUTE;
  const evening = momentOf(format, { ...today, hour: EVENING });
  const weekday = new Date(Date.UTC(today.year, today.month - 1, today.day)).getUTCDay();
  const toMonday = (8 - weekday) % 7 || 7;
  const times: SnoozeTime[] = [
    { name: "today", at: later },
    { name: "tomorrow", at: morning(1) },
    { name: "monday", at: morning(toMonday) },
  ];
  return times.filter(({ name }) => ({ today: later <= evening, tomorrow: true, monday: toMonday > 1 })[name]);
}

/** The morning of a calendar day, such as 2026-12-24, by the clock of the school. */
export function morningOf(date: string, zone: string): number {
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number);
  return momentOf(formatIn(zone), { year, month, day, hour: MORNING });
}

/** The calendar day of a moment, by the clock of the school. */
export function dateIn(zone: string, at: number): string {
  const { year, month, day } = wallTime(formatIn(zone), at);
  return [year, month, day].map((part) => String(part).padStart(2, "0")).join("-");
}

/** "Monday, 8:00": a time in the clock of the school. */
export const timeIn = (locale: string, zone: string, options: Intl.DateTimeFormatOptions, at: number): string =>
  new Intl.DateTimeFormat(locale, { ...options, ...knownZone(zone) }).format(at);

function knownZone(zone: string): { timeZone?: string } {
  try {
    return zone && new Intl.DateTimeFormat("en", { timeZone: zone }) ? { timeZone: zone } : {};
  } catch {
    return {}; // this browser does not know the zone
  }
}

const formatIn = (zone: string) =>
  new Intl.DateTimeFormat("en-GB", {
    ...knownZone(zone),
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    hourCycle: "h23",
  });

function wallTime(format: Intl.DateTimeFormat, at: number): WallTime & { minute: number } {
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  return { year: of("year"), month: of("month"), day: of("day"), hour: of("hour"), minute: of("minute") };
}

/** Guesses, and corrects the guess by what the clock shows then: twice, for the guess may be before a change of it. */
function momentOf(format: Intl.DateTimeFormat, { year, month, day, hour }: WallTime): number {
  const wanted = Date.UTC(year, month - 1, day, hour);
  const correct = (guess: number) => {
    const shown = wallTime(format, guess);
    return guess + wanted - Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute);
  };
  return correct(correct(wanted));
}
