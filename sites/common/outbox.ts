// Nothing typed is lost: a message is stored before it leaves, under a key that a retry repeats, until the server has it.
//
// One message a thread is under way at a time, whichever tab sends it. After a reconnect the outboxes of different threads
// leave at random moments: emptied together they would tell a worker that one person owns them (leak 28).

import { signal } from "@preact/signals";
import type { Drawer } from "./storage";

export interface Unsent {
  key: string;
  thread: string;
  text: string;
  /** Its place among this thread's unsent messages; no clock. */
  n: number;
  /** Why the server did not take it, in words. */
  refused: string | null;
}

export type Outcome = { t: "kept" } | { t: "lost" } | { t: "wait" } | { t: "refused"; sentence: string };

export interface Way {
  drawer: Drawer;
  /** Hand one message to the server and tell what became of it: `lost` when the connection ended first. */
  deliver(item: Unsent): Promise<Outcome>;
  /** Run alone among this browser's tabs. */
  alone(name: string, run: () => Promise<void>): Promise<void>;
  pause(ms: number): Promise<void>;
  random(): number;
}

export const SPREAD = 20_000;
const WAITS = [2_000, 5_000, 10_000];
const PREFIX = "outbox:";

/** When each thread's outbox leaves, in ms: the open thread at once if it is the only one, else all at random. */
export function moments(threads: readonly string[], open: string, random: () => number): Map<string, number> {
  const alone = threads.length === 1 && threads[0] === open;
  return new Map(threads.map((thread) => [thread, alone ? 0 : Math.floor(random() * SPREAD)]));
}

/** 24 random characters, without anything of the device or the time in them. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

export class Outbox {
  readonly items = signal<readonly Unsent[]>([]);
  #stopped = false;

  constructor(readonly way: Way) {
    this.reread();
  }

  /** Look again at what is stored: another tab may have added, sent or thrown away. */
  reread(): void {
    const found = this.way.drawer.keys(PREFIX).flatMap((key) => {
      const item = read(this.way.drawer.get(key));
      return item ? [item] : [];
    });
    this.items.value = found.sort((a, b) => a.n - b.n || (a.key < b.key ? -1 : 1));
  }

  add(thread: string, text: string): Promise<void> {
    const n = 1 + Math.max(0, ...this.of(thread).map((item) => item.n));
    this.#store({ key: randomKey(), thread, text, n, refused: null });
    return this.drain(thread);
  }

  retry(key: string): Promise<void> {
    const item = this.items.peek().find((item) => item.key === key);
    if (!item) return Promise.resolve();
    this.#store({ ...item, refused: null });
    return this.drain(item.thread);
  }

  /** The server has it, or its writer does not want it sent any more. */
  remove(key: string): void {
    if (!this.items.peek().some((item) => item.key === key)) return;
    this.way.drawer.remove(PREFIX + key);
    this.reread();
  }

  of(thread: string): readonly Unsent[] {
    return this.items.peek().filter((item) => item.thread === thread);
  }

  /** Connected again: everything that waits leaves, each thread at its own moment. */
  flush(open: string): Promise<unknown> {
    this.reread();
    const waiting = this.items.peek().filter((item) => item.refused === null);
    const threads = [...new Set(waiting.map((item) => item.thread))];
    return Promise.all(
      [...moments(threads, open, this.way.random)].map(async ([thread, ms]) => {
        if (ms > 0) await this.way.pause(ms);
        await this.drain(thread);
      }),
    );
  }

  /** Send what waits in a thread, in order, one at a time, until it is empty or the connection is gone. */
  drain(thread: string): Promise<void> {
    return this.way.alone(`${PREFIX}${thread}`, async () => {
      let waits = 0;
      while (!this.#stopped) {
        this.reread();
        const item = this.of(thread).find((item) => item.refused === null);
        if (!item) return;
        const outcome = await this.way.deliver(item);
        if (outcome.t === "lost") return;
        const wait = outcome.t === "wait" ? WAITS[waits++] : undefined;
        if (wait !== undefined) await this.way.pause(wait);
        else if (outcome.t === "wait") this.#refuse(item, "");
        else if (outcome.t === "refused") this.#refuse(item, outcome.sentence);
        else this.remove(item.key);
        if (outcome.t === "kept") waits = 0;
      }
    });
  }

  /** The person signs out of this browser: nothing of theirs stays in it. */
  clear(): void {
    this.#stopped = true;
    for (const key of this.way.drawer.keys(PREFIX)) this.way.drawer.remove(key);
    this.items.value = [];
  }

  /** Not taken: it stays for its writer to decide, unless they threw it away or signed out meanwhile. */
  #refuse(item: Unsent, sentence: string): void {
    if (this.way.drawer.get(PREFIX + item.key) === null) this.reread();
    else this.#store({ ...item, refused: sentence });
  }

  #store(item: Unsent): void {
    this.way.drawer.set(PREFIX + item.key, JSON.stringify(item));
    this.reread();
  }
}

function read(stored: string | null): Unsent | null {
  try {
    return stored ? (JSON.parse(stored) as Unsent) : null;
  } catch {
    return null;
  }
}
