// A search of this party's own threads. The server looks through some of them at a time, the latest first; the page shows
// what is found, and goes on asking until there is enough to read. A new text begins a new search.
//
// What is found stays on this page alone. A thread that is taken away leaves it.

import { signal } from "@preact/signals";
import { ApiError, errorMessage, NetworkError } from "../api/client";
import type { FoundThread, Mailbox, State } from "../api/types";
import { now } from "../browser/server-clock";
import { messages } from "../i18n/messages";
import { openedPlace } from "./opened-place";
import { addPeople, knownRows, schools, session, thread } from "./store";

const TYPING_PAUSE = 200; // ms
const SLOWED_DOWN = 1_000; // ms that the server asks to wait for
/** Threads that are found before the page waits to be asked for more. */
const ENOUGH = 40;
const MOST_SCHOOLS = 100;
const DAY = 86_400_000;

/** What is searched for. */
export interface Query {
  shelf: Mailbox;
  text: string;
  /** Empty: threads in any state. */
  state: State | "";
  /** Only threads with activity in so many days; 0 for any time. */
  days: number;
}

export interface Search extends Query {
  found: readonly FoundThread[];
  /** The time of the last thread that was looked at; null at the end, and before the first answer. */
  until: number | null;
  phase: "searching" | "waiting" | "ended" | "failed";
  /** Why it failed. */
  error: string;
}

/** The search that is shown; null if nothing is searched for. */
export const search = signal<Search | null>(null);

let next: string | null = null;
let searches = 0;
let pause = 0;

/** Begins a search, once nothing was typed for a moment. An empty text ends it. */
export function searchFor(query: Query): void {
  stop();
  next = null;
  if (!query.text) {
    search.value = null;
    openedPlace.value = null;
    return;
  }
  const before = search.peek();
  // What was found is shown until the first answer: else the list would jump at each key.
  const found = before?.shelf === query.shelf ? before.found : [];
  search.value = { ...query, found, until: null, phase: "searching", error: "" };
  pause = setTimeout(() => void run(true), TYPING_PAUSE);
}

/** Goes on with older threads, or after an error. */
export function searchOn(): void {
  stop();
  update({ phase: "searching", error: "" });
  void run(next === null);
}

/** Stops asking. What was found stays. */
export function stopSearch(): void {
  stop();
  update({ phase: "waiting" });
}

function stop(): void {
  searches++;
  clearTimeout(pause);
}

function update(change: Partial<Search>): void {
  const current = search.peek();
  if (current) search.value = { ...current, ...change };
}

async function run(isNew: boolean): Promise<void> {
  const own = searches;
  const shown = isNew ? 0 : (search.peek()?.found.length ?? 0);
  let isFirst = isNew;
  do {
    const query = search.peek();
    if (!query) return;
    try {
      const page = await session.call("searchThreads", inputOf(query));
      if (own !== searches) return;
      next = page.next;
      addPeople(page.people);
      const found = joined(isFirst ? [] : (search.peek()?.found ?? []), page.found);
      const isEnough = found.length - shown >= ENOUGH;
      update({ found, until: page.until, phase: next === null ? "ended" : isEnough ? "waiting" : "searching" });
      isFirst = false;
    } catch (error) {
      if (own !== searches) return;
      if (!(error instanceof ApiError) || error.status !== 429)
        return update({ phase: "failed", error: messageFor(error), ...(isFirst && { found: [] }) });
      await new Promise((resolve) => setTimeout(resolve, SLOWED_DOWN));
    }
  } while (own === searches && search.peek()?.phase === "searching");
}

/** A search changes nothing, so it is not unsure whether it was done. */
const messageFor = (error: unknown): string =>
  error instanceof NetworkError ? messages.errors.network : errorMessage(error);

function inputOf({ shelf, text, state, days }: Query) {
  // The server does not look the names of schools up: whoever asks must not learn anything by how long that takes.
  const asked = new Set(knownRows().flatMap((row) => (row.as === "raiser" ? row.school : [])));
  const known = [...asked].flatMap((id) => schools.peek().get(id) ?? []).slice(0, MOST_SCHOOLS);
  return {
    shelf,
    words: text,
    ...(shelf === "raised" && { schools: known.map(({ id, name }) => ({ id, name })) }),
    ...(state && { state }),
    ...(days && { since: now() - days * DAY }),
    ...(next !== null && { before: next }),
  };
}

/** A thread with many messages may be found in several parts. */
function joined(found: readonly FoundThread[], more: readonly FoundThread[]): readonly FoundThread[] {
  const known = new Map(found.map((each) => [each.thread.row.id, each]));
  for (const each of more) {
    const before = known.get(each.thread.row.id);
    const all = { ...each, texts: [...(before?.texts ?? []), ...each.texts], more: each.more || before?.more === true };
    known.set(each.thread.row.id, all);
  }
  return [...known.values()];
}

/** Whether a thread that was found is still this party's: it may have been taken away or deleted since. */
export const isStillThere = ({ thread: { row } }: FoundThread): boolean => thread(row.id).gone < row.rev;
