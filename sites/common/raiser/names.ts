// A raiser knows a thread by its school, and the school by its public name alone.

import type { RaiserRow, Row, SchoolCard } from "../protocol";
import { rows, schools } from "../session";
import { words } from "../words";

export const isRaised = (row: Row): row is RaiserRow => row.as === "raiser";

export const raisedRows = (): RaiserRow[] => rows.value.filter(isRaised);

export const schoolOf = (id: string): SchoolCard | undefined => schools.value?.get(id);

export const schoolName = (row: Row): string =>
  (isRaised(row) ? schoolOf(row.school)?.name : undefined) ?? words.thread.theSchool;
