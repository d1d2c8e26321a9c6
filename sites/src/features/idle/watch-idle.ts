// Whether a person is at this site, in any of its tabs. All tabs share one moment: that of the last act.

import { now } from "../../browser/server-clock";
import type { StorageNamespace } from "../../browser/storage";

export const WARNING = 60_000; // ms before the end
const CHECK = 1_000;
const SHARE = 5_000; // acts within it are one for the other tabs
const KEY = "active";
const ACTS = ["keydown", "input", "pointerdown", "pointermove", "wheel", "touchstart"];

interface Options {
  storage: StorageNamespace;
  /** ms without an act. */
  limit: number;
  /** When the person last proved who they are. It is an act, too. */
  since: number;
  /** Called when the end is near, and when it is not any more. */
  warn: (isNear: boolean) => void;
  /** Called once. */
  end: () => void;
}

/**
 * Watches until `end` is called, or `stop`. A device that slept finds out when it wakes: the act that wakes it is too
 * late. `act` is the answer to the warning.
 */
export function watchIdle({ storage, limit, since, warn, end }: Options): { act: () => void; stop: () => void } {
  let own = since;
  let shared = 0;
  let isNear = false;
  let isOver = false;

  /** A moment that lies ahead was taken from a clock that was wrong, also if it was ours: then this one counts. */
  const last = () => {
    const ofTabs = Number(storage.stored(KEY)) || 0;
    own = Math.min(own, now());
    return Math.max(own, ofTabs > now() ? 0 : ofTabs);
  };

  const left = () => last() + limit - now();

  const act = () => {
    if (isOver || check()) return;
    own = now();
    if (own - shared >= SHARE) storage.set(KEY, String((shared = own)));
    check();
  };

  /** Returns whether it is over. */
  const check = (): boolean => {
    if (left() <= 0) {
      isOver = true;
      stop();
      storage.remove(KEY);
      end();
      return true;
    }
    if (isNear !== left() <= WARNING) warn((isNear = !isNear));
    return false;
  };

  const onEvent = (event: Event) => {
    if (isNear && left() > 0) return; // the question is answered by its button: it must not vanish under a pointer
    // A page that moves under a pointer that rests is no act.
    if (event instanceof PointerEvent && event.type === "pointermove" && !(event.movementX || event.movementY)) return;
    act();
  };

  const timer = setInterval(check, CHECK);
  const stop = () => {
    clearInterval(timer);
    ACTS.forEach((name) => removeEventListener(name, onEvent, true));
  };
  ACTS.forEach((name) => addEventListener(name, onEvent, { capture: true, passive: true }));
  check();
  return { act, stop };
}
