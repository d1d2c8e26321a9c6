// What a school may want to hide in a thread before a worker reads it: who asked, and how to reach them.

import type { SchoolRow, ShownEntry } from "../../api/protocol";
import type { Person } from "../../api/types";
import { isHidden } from "../../i18n/hidden-words";
import { peekThread, session } from "../../sync/store";
import { findPII, namePartsOf } from "../personal-data/detect-pii";

export interface Candidate {
  text: string;
  /** Whether the thread has it now, as a name or a number. */
  isFound: boolean;
}

const PAGE = 50;
const MOST_READ = 1_000; // entries

/** What is found in texts and not hidden, and the rest of what is known of the owner. */
export function candidates(texts: readonly string[], owner: Person, hidden: readonly string[]): Candidate[] {
  const found = findPII(texts.join("\n"), authorOf(owner));
  const known = [owner.name, ...(owner.kind === "user" ? namePartsOf(owner.name) : []), owner.email];
  return [...new Set([...found, ...known])]
    .filter((text) => text && !isHidden(text, hidden))
    .map((text) => ({ text, isFound: found.includes(text) }));
}

/** Whether what is loaded of a thread tells a worker who owns it. */
export const tellsOwner = (row: SchoolRow, owner: Person | undefined, hidden: readonly string[]): boolean =>
  owner !== undefined && candidates(loadedTexts(row), owner, hidden).some((each) => each.isFound);

const authorOf = ({ name, email, kind }: Person) => ({ name, email, isPerson: kind === "user" });

const textsOf = (entries: readonly ShownEntry[]): string[] =>
  entries.flatMap((entry) => ("text" in entry ? entry.text : []));

const loadedTexts = (row: SchoolRow): string[] => [
  row.subject,
  row.last?.text ?? "",
  ...textsOf(peekThread(row.id).log?.entries ?? []),
];

/** The texts of a thread; of a very long one the first. */
export async function readTexts(row: SchoolRow): Promise<string[]> {
  const texts = [row.subject];
  for (let after = 0; after < Math.min(row.seq, MOST_READ); after += PAGE)
    texts.push(...textsOf((await session.call("readLog", { after, most: PAGE }, row.id)).entries));
  return texts;
}
