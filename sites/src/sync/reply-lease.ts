// The school and the worker who has a thread see that the other one writes an answer, so that not both answer.
//
// It is a sign, not a lock. The person who asked gets nothing of it.

import { COMPOSING_EVERY } from "../api/protocol";
import { late, session } from "./store";
import { timedSet } from "./timed-set";

/** An answer that nobody has gone on with for so long is not being written any more. */
const LEFT_AFTER = 60_000;
const FADES_AFTER = COMPOSING_EVERY + 3_000;

const signs = timedSet(() => FADES_AFTER);
/** Threads in which the other one writes an answer now. */
export const composingThreads = signs.ids;
late.composing = ({ id, open }) => (open ? signs.add(id) : signs.remove(id));

/** Says that an answer is being written in one thread, again and again, and once that it is not any more. */
export class ComposingSign {
  #timer = 0;
  #changedAt = 0;
  #said = false;

  constructor(readonly id: string) {}

  /** The text in the composer is another one now. */
  onChange(hasText: boolean): void {
    if (!hasText) return this.stop();
    this.#changedAt = performance.now();
    if (this.#said) return;
    this.#say(true);
    this.#timer = setInterval(() => this.#repeat(), COMPOSING_EVERY);
  }

  stop(): void {
    clearInterval(this.#timer);
    if (this.#said) this.#say(false);
  }

  #repeat(): void {
    if (performance.now() - this.#changedAt > LEFT_AFTER) this.stop();
    else this.#say(true);
  }

  #say(open: boolean): void {
    this.#said = open;
    session.socket.send({ t: "composing", id: this.id, open });
  }
}
