// Ids that are in a set for a while. A component that reads the set is drawn again when it changes.

import { type ReadonlySignal, signal } from "@preact/signals";

export interface TimedSet {
  ids: ReadonlySignal<ReadonlySet<string>>;
  /** Adds an id, or begins its time anew. */
  add: (id: string) => void;
  remove: (id: string) => void;
}

/** `ms` says how long an id stays. */
export function timedSet(ms: () => number): TimedSet {
  const ids = signal<ReadonlySet<string>>(new Set());
  const timers = new Map<string, number>();
  const remove = (id: string) => {
    clearTimeout(timers.get(id));
    if (ids.peek().has(id)) ids.value = new Set([...ids.peek()].filter((other) => other !== id));
  };
  const add = (id: string) => {
    clearTimeout(timers.get(id));
    timers.set(
      id,
      setTimeout(() => remove(id), ms()),
    );
    if (!ids.peek().has(id)) ids.value = new Set(ids.peek()).add(id);
  };
  return { ids, add, remove };
}
