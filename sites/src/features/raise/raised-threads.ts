// A raiser knows a thread by its school, and the school by its public profile.

import type { RaiserRow, Row } from "../../api/protocol";
import type { DirectoryCard } from "../../api/types";
import { loadedList } from "../../sync/thread-lists";
import { schools, thread } from "../../sync/store";
import { messages } from "../../i18n/messages";

export const isRaised = (row: Row): row is RaiserRow => row.as === "raiser";

/** The open threads that this party raised: at most five. */
export function openRaisedRows(): RaiserRow[] {
  const ids = loadedList({ shelf: "raised", show: "open" })?.ids.value ?? [];
  return ids.flatMap((id) => thread(id).row ?? []).filter(isRaised);
}

/** A thread looks settled if the school wrote last. The longer ago, the more it does. */
export const settledFirst = (found: readonly RaiserRow[]): RaiserRow[] =>
  [...found].sort((a, b) => awaitsSchool(a) - awaitsSchool(b) || a.at - b.at);

const awaitsSchool = (row: RaiserRow): number => (row.last?.side === "school" ? 0 : 1);

export const schoolOf = (id: string): DirectoryCard | undefined => schools.value.get(id);

export const schoolPicture = (row: Row): string => (isRaised(row) ? (schoolOf(row.school)?.picture ?? "") : "");

export const schoolName = (row: Row): string =>
  (isRaised(row) ? schoolOf(row.school)?.name : undefined) ?? messages.thread.theSchool;
