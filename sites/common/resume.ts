// After every connection the screen is made whole: lists are loaded, rows that are not listed are asked for, logs catch up.

import { batch, effect, signal } from "@preact/signals";
import { Refused, say, Unreached } from "./api";
import { behind, firstSeq, lastSeq, load, withMeter, withPage } from "./fold";
import type { AsidePage, Me, SchoolCard, Shelf, ShownEntry, What } from "./protocol";
import { openThread } from "./route";
import { account, ask, besides, bindAccount, loaded, me, meet, older, rows, schools, session, team, vanished, view } from "./session";
import { words } from "./words";

const PAGE = 50;
const AT_FIRST = 200; // rows of a shelf that are loaded unasked

/** Load what changed while nobody was listening. The socket is open: frames meanwhile fold into the same view. */
export async function resume(): Promise<void> {
  const party = await loadMe();
  const held = view.peek().rows.size;
  const listed = new Set<string>();
  const loads: Promise<unknown>[] = session.shelves.map((shelf) => loadShelf(shelf, Math.max(AT_FIRST, held), listed));
  if (party.kind !== "worker") loads.push(loadSchools());
  if (party.kind === "school") loads.push(loadTeam());
  await Promise.all(loads);
  const missing = [...view.peek().rows.keys()].filter((id) => !listed.has(id));
  await Promise.all(missing.map(ask));
  loaded.value = true;
  const open = openThread.peek();
  if (view.peek().rows.has(open)) await ask(open); // what the other side has seen of it
  await learnRaises();
  void account.peek()?.acts.flush(open);
}

/** A raise whose answer was lost may have happened: then a thread's first message carries its key. */
async function learnRaises(): Promise<void> {
  const acts = account.peek()?.acts;
  for (const act of acts?.items.peek() ?? []) {
    if (act.kind !== "raise") continue;
    const mine = rows.peek().filter((row) => row.as === "raiser" && row.school === act.about && row.subject === act.subject);
    for (const { id } of mine) await session.call("readLog", { after: 0, most: 1 }, id).then(({ entries }) => confirmKeys(id, entries));
  }
}

/** What the history holds of this account's own acts is not pending any more. */
function confirmKeys(id: string, entries: readonly ShownEntry[]): void {
  for (const entry of entries) if ("key" in entry && entry.key) account.peek()?.acts.confirm(entry.key, id);
}

/** Ask again for what was said to have changed. */
export const renew = (what: What): Promise<unknown> => (what === "me" ? loadMe() : loadTeam());

let turns = 0;

/** Who is signed in, as of now. Of several questions at once the last one's answer stays. */
async function loadMe(): Promise<Me> {
  const turn = ++turns;
  const party = await session.call("me");
  await bindAccount(party);
  batch(() => {
    if (turn === turns) me.value = party;
    view.value = withMeter(view.peek(), party);
  });
  return party;
}

async function loadShelf(shelf: Shelf, least: number, listed: Set<string>): Promise<void> {
  let before: string | null = null;
  do before = await loadPage(shelf, before, listed);
  while (before !== null && listed.size < least);
}

async function loadPage(shelf: Shelf, before: string | null, listed: Set<string>): Promise<string | null> {
  const page = await session.call("listThreads", { shelf, before });
  batch(() => {
    meet(page.people);
    view.value = page.threads.reduce(load, view.peek());
    older.value = { ...older.peek(), [shelf]: page.next };
  });
  page.threads.forEach(({ row }) => listed.add(row.id));
  return page.next;
}

/** The next page of a shelf whose list goes on. */
export async function loadOlder(shelf: Shelf): Promise<void> {
  const before = older.peek()[shelf];
  if (before) await loadPage(shelf, before, new Set());
}

export async function loadSchools(): Promise<void> {
  const found = new Map<string, SchoolCard>();
  let after: string | null = null;
  do {
    const page: { schools: readonly SchoolCard[]; next: string | null } = await session.call("listSchools", { after });
    page.schools.forEach((school) => found.set(school.id, school));
    after = page.next;
  } while (after !== null);
  // One that is not listed any more has closed: threads raised to it still say its name.
  for (const [id, card] of schools.peek() ?? []) if (!found.has(id)) found.set(id, { ...card, takes: false });
  schools.value = found;
}

/** One school, as of now; also one that has closed since a thread was raised to it. */
export async function loadSchool(id: string): Promise<void> {
  const card = await session.call("showSchool", {}, id);
  schools.value = new Map(schools.peek()).set(id, card);
}

/** A thread's school that the directory does not name, because it has closed, is asked for by its id. Call once. */
export function followSchools(): void {
  const asked = new Set<string>();
  effect(() => {
    for (const row of rows.value) {
      if (row.as !== "raiser" || !schools.value || schools.value.has(row.school) || asked.has(row.school)) continue;
      asked.add(row.school);
      void loadSchool(row.school).catch((error: unknown) => error instanceof Refused || asked.delete(row.school));
    }
  });
}

let counts = 0;

export async function loadTeam(): Promise<void> {
  const turn = ++counts;
  const found = await session.call("listWorkers");
  if (turn === counts) team.value = found;
}

/** All that stands beside a thread's log: it is little, and its numbers have gaps. */
export async function loadAsides(id: string): Promise<void> {
  let after: number | null = 0;
  while (after !== null) {
    const page: AsidePage = await session.call("readNotes", { after }, id);
    besides(id, page.entries);
    after = page.next;
  }
}

/** What went wrong with the open thread's log, in words; null while all is well. */
export const logFailure = signal<string | null>(null);
/** The thread that is being asked for because a person opened it. */
export const checking = signal("");
const fetching = new Set<string>();

/** Keep the open thread's log as long as its row says. Call once. */
export function followOpenThread(): void {
  effect(() => {
    const id = openThread.value;
    if (id && session.socket.state.value === "open" && behind(view.value, id)) void catchUp(id);
  });
  let before = "";
  effect(() => {
    const id = openThread.value;
    if (id !== before) logFailure.value = null;
    before = id;
    if (!id || !loaded.value) return;
    checking.value = id;
    void ask(id)
      .catch((error: unknown) => (logFailure.value = say(error)))
      .finally(() => checking.peek() === id && (checking.value = ""));
  });
}

/** Fetch what the log lacks after its last entry; of a thread not opened before, the last page. */
export async function catchUp(id: string): Promise<void> {
  if (fetching.has(id)) return;
  fetching.add(id);
  logFailure.value = null;
  try {
    while (behind(view.peek(), id)) {
      const log = view.peek().logs.get(id);
      const after = log ? lastSeq(log) : Math.max(0, (view.peek().rows.get(id)?.seq ?? 0) - PAGE);
      if (!(await fetchLog(id, after, PAGE))) return;
    }
  } catch (error) {
    const row = view.peek().rows.get(id);
    if (error instanceof Refused && error.status === 404) vanished(id, row?.rev ?? 0);
    else logFailure.value = error instanceof Unreached ? words.failed.unread : say(error);
  } finally {
    fetching.delete(id);
  }
}

/** The page before the first entry held. */
export async function loadEarlier(id: string): Promise<void> {
  const first = firstSeq(view.peek().logs.get(id));
  const after = Math.max(0, first - 1 - PAGE);
  if (first > 1) await fetchLog(id, after, first - 1 - after);
}

async function fetchLog(id: string, after: number, most: number): Promise<number> {
  const { entries } = await session.call("readLog", { after, most }, id);
  view.value = withPage(view.peek(), id, entries);
  confirmKeys(id, entries);
  return entries.length;
}
