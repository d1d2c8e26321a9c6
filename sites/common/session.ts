// What the page knows, in one place: frames and loads are folded in here, and every component reads it from here.

import { batch, computed, signal } from "@preact/signals";
import { type Call, Refused, sentence } from "./api";
import { type Auth, OtherAccount } from "./auth";
import type { Config } from "./config";
import type { Account } from "./drafts/account";
import { fold, load, nothing, unread, type View, withGone } from "./fold";
import { lazily } from "./lazily";
import type { Me, Person, Row, SchoolCard, ServerFrame, Shelf, Side, WorkerList } from "./protocol";
import { type Aside, withAside } from "./asides";
import { renew, resume } from "./resume";
import { Socket } from "./socket";

export const view = signal<View>(nothing);
export const me = signal<Me | null>(null);
export const people = signal<ReadonlyMap<string, Person>>(new Map());
export const schools = signal<ReadonlyMap<string, SchoolCard> | null>(null);
export const team = signal<WorkerList | null>(null);
/** Whether the lists have been loaded once. */
export const loaded = signal(false);
/** Where each shelf's list goes on; null at its end. */
export const older = signal<Partial<Record<Shelf, string | null>>>({});
/** What stands beside each log that was looked at from the inside: notes and changes of hands. */
export const asides = signal<ReadonlyMap<string, readonly Aside[]>>(new Map());
/** The last rows of the threads that left while this page was open. */
export const lastRows = signal<ReadonlyMap<string, Row>>(new Map());
/** Threads whose other side is typing now. */
export const typing = signal<ReadonlySet<string>>(new Set());

export const rows = computed(() => [...view.value.rows.values()].sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1)));
export const totalUnread = computed(() => rows.value.reduce((sum, row) => sum + unread(view.value, row), 0));

export const mySide = (row: Row): Side => (row.as === "raiser" ? "raiser" : "school");

export interface Session {
  call: Call;
  auth: Auth;
  config: Config;
  shelves: readonly Shelf[];
  socket: Socket;
  /** This page may go on no longer. */
  refused: (error: Error) => void;
}

/** What the account has typed in this browser. Null until the server has said whose account it is. */
export const account = signal<Account | null>(null);

/** The one session of this page, there from sign-in on. */
export let session: Session;

export function startSession(
  given: Pick<Session, "call" | "auth" | "config" | "shelves">,
  refused: (error: Error) => void,
): void {
  const socket = new Socket({
    ticket: async () => (await given.call("issueTicket")).ticket,
    address: given.config.socket,
    opened: resume,
    arrived,
    closed: () => drafts?.settle(null, { t: "lost" }),
    refused,
  });
  session = { ...given, socket, refused };
  void loadDrafts().catch(() => undefined); // it is asked for again when the account is known
  socket.start();
}

const importDrafts = () => import("./drafts/open");
const loadDrafts = () => lazily(importDrafts);
let drafts: Awaited<ReturnType<typeof loadDrafts>> | null = null;
let opening: Promise<Account> | null = null;

/** The party is known: open what this browser keeps for it. A page belongs to one account as long as it is open. */
export async function bindAccount(party: Me): Promise<void> {
  opening ??= openFor(party).catch((error: unknown) => {
    opening = null;
    throw error;
  });
  account.value = await opening;
  if (account.peek()?.party === party.id) return;
  session.refused(new OtherAccount());
  throw new OtherAccount();
}

async function openFor(party: Me): Promise<Account> {
  drafts = await loadDrafts();
  return drafts.openFor(party);
}

function arrived(frame: ServerFrame): void {
  batch(() => {
    const before = view.peek();
    view.value = fold(before, frame);
    if (frame.t === "ack" || frame.t === "event") entered(frame.id, frame.entry.as === "ended" ? null : frame.entry);
    if (frame.t === "refused") turnedDown(frame.key, frame.code, frame.sentence);
    if (frame.t === "typing") startsTyping(frame.id);
    if (frame.t === "noted") besides(frame.id, [frame.entry]);
    if (frame.t === "gone") left(frame.id, before.rows.get(frame.id));
    if (frame.t === "changed") void renew(frame.what).catch(() => undefined);
    if ("row" in frame && !before.rows.has(frame.row.id)) void ask(frame.row.id).catch(() => undefined);
  });
}

function left(id: string, row: Row | undefined): void {
  if (!view.peek().rows.has(id)) besides(id, null);
  if (row && !view.peek().rows.has(id)) lastRows.value = new Map(lastRows.peek()).set(id, row);
}

/** More of what stands beside a thread; null when the thread is not this viewer's any more. */
export function besides(id: string, more: readonly Aside[] | null): void {
  const held = new Map(asides.peek());
  for (const entry of more ?? []) if ("key" in entry && entry.key) account.peek()?.acts.confirm(entry.key);
  if (more) held.set(id, more.reduce(withAside, held.get(id) ?? []));
  else held.delete(id);
  asides.value = held;
}

function entered(id: string, message: { key: string | null; side: Side } | null): void {
  if (message?.key) {
    drafts?.settle(message.key, { t: "kept" });
    account.peek()?.acts.confirm(message.key, id);
  }
  const row = view.peek().rows.get(id);
  if (row && message?.side !== mySide(row)) stopsTyping(id);
}

function turnedDown(key: string | null, code: string, said: string): void {
  if (key === null) return;
  const later = code === "too_fast" || code === "busy";
  drafts?.settle(key, later ? { t: "wait" } : { t: "refused", sentence: sentence(code, said) });
}

const fading = new Map<string, number>();

function startsTyping(id: string): void {
  clearTimeout(fading.get(id));
  fading.set(id, setTimeout(() => stopsTyping(id), 6_000) as unknown as number);
  if (!typing.peek().has(id)) typing.value = new Set(typing.peek()).add(id);
}

function stopsTyping(id: string): void {
  clearTimeout(fading.get(id));
  if (!typing.peek().has(id)) return;
  typing.value = new Set([...typing.peek()].filter((other) => other !== id));
}

const asked = new Map<string, Promise<void>>();

/** Ask for one thread by its id. Unknown means gone, as of the revision held when we asked. */
export function ask(id: string): Promise<void> {
  const asking = asked.get(id) ?? askNow(id).finally(() => asked.delete(id));
  asked.set(id, asking);
  return asking;
}

async function askNow(id: string): Promise<void> {
  const rev = view.peek().rows.get(id)?.rev ?? 0;
  try {
    const shown = await session.call("showThread", {}, id);
    meet(shown.people);
    view.value = load(view.peek(), shown.thread);
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 404) throw error;
    vanished(id, rev);
  }
}

/** The server does not know a thread any more, as of the revision held when it was asked. */
export function vanished(id: string, rev: number): void {
  const row = view.peek().rows.get(id);
  view.value = withGone(view.peek(), id, rev);
  left(id, row);
}

export function meet(met: readonly Person[]): void {
  if (met.length) people.value = new Map([...people.peek(), ...met.map((person) => [person.id, person] as const)]);
}
