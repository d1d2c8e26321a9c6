// What the page knows, in one place: frames and loads are folded in here, and every component reads it from here.

import { batch, computed, signal } from "@preact/signals";
import { alone } from "./alone";
import { type Call, Refused, sentence } from "./api";
import type { Auth } from "./auth";
import type { Config } from "./config";
import { type Drafts, drafts as draftsIn } from "./drafts";
import { fold, load, nothing, unread, type View, withGone } from "./fold";
import { Outbox, type Outcome } from "./outbox";
import type { Me, Person, Row, SchoolCard, ServerFrame, Shelf, Side, WorkerList } from "./protocol";
import { type Aside, withAside } from "./asides";
import { renew, resume } from "./resume";
import { Socket } from "./socket";
import { browserDrawer } from "./storage";

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
  outbox: Outbox;
  drafts: Drafts;
}

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
    closed: () => settle(null, { t: "lost" }),
    refused,
  });
  session = { ...given, socket, outbox: outboxOf("nobody", socket), drafts: draftsIn(browserDrawer("nobody")) };
  socket.start();
}

/** The party is known: what is kept in this browser under its name is its own. */
export function belongTo(party: Me): void {
  if (me.peek()?.id === party.id) return;
  const name = `${session.config.client}:${party.id}`;
  session.outbox = outboxOf(name, session.socket);
  session.drafts = draftsIn(browserDrawer(name));
  addEventListener("storage", (event) => {
    if (!event.key?.startsWith(`${name}:outbox:`)) return;
    session.outbox.reread();
    const added = event.newValue && (JSON.parse(event.newValue) as { thread: string }).thread;
    // Queue behind the tab that is sending it: if that one dies, this one goes on.
    if (added && session.socket.state.peek() === "open") void session.outbox.drain(added);
  });
}

const awaiting = new Map<string, (outcome: Outcome) => void>();
const NO_ANSWER = 20_000;

function outboxOf(name: string, socket: Socket): Outbox {
  return new Outbox({
    drawer: browserDrawer(name),
    deliver: (item) =>
      new Promise<Outcome>((resolve) => {
        if (!socket.send({ t: "send", key: item.key, id: item.thread, text: item.text })) return resolve({ t: "lost" });
        const late = setTimeout(() => settle(item.key, { t: "wait" }), NO_ANSWER);
        awaiting.set(item.key, (outcome) => {
          clearTimeout(late); // else it would end the next attempt, not this one
          resolve(outcome);
        });
      }),
    alone: (lock, run) => alone(`${name}:${lock}`, run),
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    random: Math.random,
  });
}

/** Tell whoever waits for an answer to this send, or to every send, what became of it. */
function settle(key: string | null, outcome: Outcome): void {
  for (const name of key === null ? [...awaiting.keys()] : [key]) {
    const resolve = awaiting.get(name);
    awaiting.delete(name);
    resolve?.(outcome);
  }
}

function arrived(frame: ServerFrame): void {
  batch(() => {
    const before = view.peek();
    view.value = fold(before, frame);
    if (frame.t === "ack" || frame.t === "event") entered(frame.id, frame.entry.as === "ended" ? null : frame.entry);
    if (frame.t === "refused") turnedDown(frame.key, frame.code, frame.sentence);
    if (frame.t === "typing") startsTyping(frame.id);
    if (frame.t === "noted") besides(frame.id, [frame.entry]);
    if (frame.t === "gone") besides(frame.id, null);
    if (frame.t === "changed") void renew(frame.what).catch(() => undefined);
    if ("row" in frame && !before.rows.has(frame.row.id)) void ask(frame.row.id).catch(() => undefined);
  });
}

/** More of what stands beside a thread; null when the thread is not this viewer's any more. */
export function besides(id: string, more: readonly Aside[] | null): void {
  const held = new Map(asides.peek());
  if (more) held.set(id, more.reduce(withAside, held.get(id) ?? []));
  else held.delete(id);
  asides.value = held;
}

function entered(id: string, message: { key: string | null; side: Side } | null): void {
  if (message?.key) {
    settle(message.key, { t: "kept" });
    session.outbox.remove(message.key);
  }
  const row = view.peek().rows.get(id);
  if (row && message?.side !== mySide(row)) stopsTyping(id);
}

function turnedDown(key: string | null, code: string, said: string): void {
  if (key === null) return;
  const later = code === "too_fast" || code === "busy";
  settle(key, later ? { t: "wait" } : { t: "refused", sentence: sentence(code, said) });
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
    view.value = withGone(view.peek(), id, rev);
  }
}

export function meet(met: readonly Person[]): void {
  if (met.length) people.value = new Map([...people.peek(), ...met.map((person) => [person.id, person] as const)]);
}
