// A raiser knows a thread by its school, and the school by its public name alone.

import type { RaiserRow, Row, SchoolCard } from "../protocol";
import { rows, schools } from "../session";
import { words } from "../words";

export const isRaised = (row: Row): row is RaiserRow => row.as === "raiser";

export const raisedRows = (): RaiserRow[] => rows.value.filter(isRaised);

/** A thread looks settled if the school had the last word, the more so the longer ago. */
export const settledFirst = (found: readonly RaiserRow[]): RaiserRow[] =>
  [...found].sort((a, b) => waits(a) - waits(b) || a.at - b.at);

const waits = (row: RaiserRow): number => (row.last?.side === "school" ? 0 : 1);

export const schoolOf = (id: string): SchoolCard | undefined => schools.value?.get(id);

export const schoolPicture = (row: Row): string => (isRaised(row) ? (schoolOf(row.school)?.picture ?? "") : "");

export const schoolName = (row: Row): string =>
  (isRaised(row) ? schoolOf(row.school)?.name : undefined) ?? words.thread.theSchool;
