// A pending act is what its author has sent and the server has not confirmed: a message, a note or a raise.
//
// It is stored before it leaves, with a key and a text that never change: a retry after a lost answer is the same act.
// One act of a place is under way at a time, whichever tab sends it. After a reconnect the acts of different places leave
// at random moments: sent together they would tell a worker that one person owns the threads (leak 28).

import { signal } from "@preact/signals";
import type { Drawer } from "../storage";
import { cleanLine, cleanText } from "./text";
import type { Fields } from "./draft-store";
import { type ActKind, placeOf } from "./place";

export interface PendingAct extends Fields {
  readonly key: string;
  readonly kind: ActKind;
  /** The thread it belongs to; of a raise, the school. */
  readonly about: string;
  /** Its position among the acts of its place; no clock. */
  readonly n: number;
  /** Why the server did not take it, in words. */
  readonly refused: string | null;
  /** Whether an attempt went unanswered: the server may have it. */
  readonly unsure: boolean;
}

export type Outcome =
  | { t: "kept"; thread?: string }
  /** No answer: the connection ended first. `left`: false if it certainly did not leave this device. */
  | { t: "lost"; left?: false }
  /** Not now; it may be tried again soon. */
  | { t: "wait"; sentence?: string }
  /** Not taken. `decided`: nor was any earlier attempt with this key. */
  | { t: "refused"; sentence: string; decided?: boolean };

export interface Delivery {
  /** Hand one act to the server and tell what became of it. */
  deliver(act: PendingAct): Promise<Outcome>;
  /** Run alone among this browser's tabs; `waited`: another held the name before. */
  alone(name: string, run: (waited: boolean) => Promise<void>): Promise<void>;
  pause(ms: number): Promise<void>;
  random(): number;
  /** A key that no other act has. */
  newKey(): string;
}

export const SPREAD = 20_000;
const WAITS = [2_000, 5_000, 10_000];
const PREFIX = "act.";

/** When each place's acts leave, in ms: those of the open thread at once if they are the only ones, else all at random. */
export function moments(places: readonly string[], open: string, random: () => number): Map<string, number> {
  const alone = places.length === 1 && places[0] === open;
  return new Map(places.map((place) => [place, alone ? 0 : moment(random)]));
}

const moment = (random: () => number): number => Math.floor(random() * SPREAD);

export class PendingActs {
  readonly items = signal<readonly PendingAct[]>([]);
  /** Whether the browser took all acts. If not, some last only as long as this page. */
  readonly kept = signal(true);
  #stopped = false;
  /** The places that wait for another moment, since another tab held them. */
  readonly #late = new Set<string>();

  constructor(
    readonly drawer: Drawer,
    readonly way: Delivery,
    /** The server has an act of this account. */
    readonly confirmed: (act: PendingAct, thread: string | undefined) => void = () => undefined,
  ) {
    this.reread();
  }

  /** Look again at what is stored: another tab may have added, sent or discarded. */
  reread(): void {
    const found = this.drawer.keys(PREFIX).flatMap((name) => {
      const act = read(this.drawer.get(name));
      return act ? [act] : [];
    });
    this.items.value = found.sort((a, b) => a.n - b.n || (a.key < b.key ? -1 : 1));
    this.kept.value = found.every((act) => this.drawer.stored(PREFIX + act.key) !== null);
  }

  of(place: string): readonly PendingAct[] {
    return this.items.peek().filter((act) => placeOf(act) === place);
  }

  /** Store an act, with the text as it will leave. */
  add(kind: ActKind, about: string, fields: Fields): PendingAct {
    this.reread();
    const n = 1 + Math.max(0, ...this.of(placeOf({ kind, about })).map((act) => act.n));
    const texts = { text: cleanText(fields.text), subject: cleanLine(fields.subject) };
    return this.#store({ key: this.way.newKey(), kind, about, ...texts, n, refused: null, unsure: false });
  }

  /** Take over an act that an earlier version of the sites stored. */
  adopt(act: Pick<PendingAct, "key" | "kind" | "about" | "text" | "n">): void {
    this.#store({ ...act, subject: "", refused: null, unsure: true });
  }

  retry(key: string): Promise<void> {
    const act = this.#find(key);
    if (!act) return Promise.resolve();
    this.#store({ ...act, refused: null });
    return this.drain(placeOf(act));
  }

  /** Its author does not want it sent any more. */
  discard(key: string): void {
    if (!this.#find(key)) return;
    this.drawer.remove(PREFIX + key);
    this.reread();
  }

  /** The server has it: its answer, a frame or the history says so. The key comes back to its author alone. */
  confirm(key: string, thread?: string): void {
    if (!this.#find(key)) return;
    this.reread(); // another tab may have heard it first
    const act = this.#find(key);
    if (!act) return;
    this.confirmed(act, thread);
    this.discard(key);
  }

  /** Connected again: every message and note that waits leaves, each place at its own moment. A raise waits for its
      author, who may be changing its text. */
  flush(open: string): Promise<unknown> {
    this.reread();
    return Promise.all(
      [...moments(this.#waiting(), open, this.way.random)].map(async ([place, ms]) => {
        if (ms > 0) await this.way.pause(ms);
        await this.drain(place);
      }),
    );
  }

  /** Another tab has stored an act: this one sends it should that tab die, at once if no other place waits. */
  async takeOver(place: string): Promise<void> {
    if (this.#waiting().some((other) => other !== place)) await this.way.pause(moment(this.way.random));
    await this.drain(place);
  }

  /** Send what waits in a place. A tab that held it may have held other places too, and lost all at one moment: whoever
      had to wait for it lets another random moment pass, while the place is free for what its author sends. */
  async drain(place: string): Promise<void> {
    let late = false as boolean;
    do {
      if (late) await this.way.pause(moment(this.way.random));
      if (late) this.#late.delete(place);
      await this.way.alone(PREFIX + place, async (waited) => {
        const mustWait = waited && this.#next(place) !== undefined;
        late = mustWait && !this.#late.has(place); // one of this page's drains that waits is enough
        if (late) this.#late.add(place);
        if (!mustWait) await this.#empty(place);
      });
    } while (late && !this.#stopped);
  }

  /** In order, one at a time, until the place is empty or the connection is gone. */
  async #empty(place: string): Promise<void> {
    let waits = 0;
    while (!this.#stopped) {
      const act = this.#next(place);
      if (!act) return;
      const outcome = await this.attempt(act);
      if (outcome.t === "lost") return;
      const wait = outcome.t === "wait" ? WAITS[waits++] : undefined;
      if (wait !== undefined) await this.way.pause(wait);
      else if (outcome.t === "wait") this.#refuse(act, "");
      else if (outcome.t === "refused") this.#refuse(act, outcome.sentence);
      if (outcome.t === "kept") waits = 0;
    }
  }

  #next(place: string): PendingAct | undefined {
    this.reread();
    return this.of(place).find((act) => act.refused === null);
  }

  /** The places of what leaves by itself. */
  #waiting(): string[] {
    const waiting = this.items.peek().filter((act) => act.refused === null && act.kind !== "raise");
    return [...new Set(waiting.map(placeOf))];
  }

  /** One attempt, by whoever holds the place's lock. */
  async attempt(act: PendingAct): Promise<Outcome> {
    if (this.#stopped) return { t: "lost" };
    const outcome = await this.way.deliver(act);
    if (outcome.t === "kept") this.confirm(act.key, outcome.thread);
    if (outcome.t === "lost" && outcome.left !== false && !act.unsure) this.#change(act, { unsure: true });
    return outcome;
  }

  /** Whether storage itself holds an act: then it is still there at the next sign-in. */
  get isStored(): boolean {
    return this.drawer.keys(PREFIX).some((name) => this.drawer.stored(name) !== null);
  }

  stop(): void {
    this.#stopped = true;
  }

  clear(): void {
    this.stop();
    for (const name of this.drawer.keys(PREFIX)) this.drawer.remove(name);
    this.items.value = [];
  }

  heard(name: string): void {
    if (name.startsWith(PREFIX)) this.reread();
  }

  /** Not taken: it stays for its author to decide. */
  #refuse(act: PendingAct, sentence: string): void {
    this.#change(act, { refused: sentence });
  }

  /** Change an act that is still there: its author may have discarded it or signed out meanwhile. */
  #change(act: PendingAct, change: Partial<Pick<PendingAct, "refused" | "unsure">>): void {
    if (this.drawer.get(PREFIX + act.key) === null) this.reread();
    else this.#store({ ...act, ...change });
  }

  #find(key: string): PendingAct | undefined {
    return this.items.peek().find((act) => act.key === key);
  }

  #store(act: PendingAct): PendingAct {
    this.drawer.set(PREFIX + act.key, JSON.stringify(act));
    this.reread();
    return act;
  }

  /** Store again what there was no room for before. */
  storeAgain(): void {
    const unstored = this.items.peek().filter((act) => this.drawer.stored(PREFIX + act.key) === null);
    unstored.forEach((act) => this.drawer.set(PREFIX + act.key, JSON.stringify(act)));
    this.reread();
  }
}

function read(stored: string | null): PendingAct | null {
  try {
    return stored ? (JSON.parse(stored) as PendingAct) : null;
  } catch {
    return null;
  }
}
