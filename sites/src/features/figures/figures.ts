// A school's figures by week, summed up: what comes from counts alone. How long something took is known by its class.

import type { Figures, WeekFigures } from "../../api/types";

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, n) => sum + n, 0);

/** Sums place by place, such as by the hour over several weeks. */
export function sumByPlace(rows: readonly (readonly number[])[]): number[] {
  const length = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length }, (_, place) => sumOf(rows.map((row) => row[place] ?? 0)));
}

/** The class within which this share of all lies; null if there are none. */
export function classWithin(counts: readonly number[], share: number): number | null {
  const all = sumOf(counts);
  if (all === 0) return null;
  let sum = 0;
  return counts.findIndex((count) => (sum += count) >= share * all);
}

export const askedIn = ({ raised }: WeekFigures): number => sumOf(raised.days);
export const endedIn = ({ ended }: WeekFigures): number => sumOf(ended.days);
export const answeredIn = ({ replies }: WeekFigures): number => sumOf(replies);

export type Cell = string | number;

/** All that is counted, a row for each week. `within` names a class of times. */
export function tableOf({ weeks, longest }: Figures, days: readonly string[]): Cell[][] {
  const classes = [...longest.map((minutes) => `within ${minutes} min`), "longer"];
  const hours = Array.from({ length: 24 }, (_, hour) => `${hour}:00`);
  const named = (what: string, names: readonly string[]) => names.map((name) => `${what}, ${name}`);
  const head = [
    "week begins",
    ...["asked", "first answers", "ended"],
    ...named("first answer", classes),
    ...named("ended", classes),
    ...named("asked", days),
    ...named("asked", hours),
    ...named("ended", days),
    ...named("ended", hours),
  ];
  return [
    head,
    ...weeks.map((week) => [
      week.begins,
      ...[askedIn(week), answeredIn(week), endedIn(week)],
      ...week.replies,
      ...week.settled,
      ...week.raised.days,
      ...week.raised.hours,
      ...week.ended.days,
      ...week.ended.hours,
    ]),
  ];
}
