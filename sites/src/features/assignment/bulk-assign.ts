// Gives many threads to workers: one by one, in an order and at moments of chance. A worker who gets several cannot tell
// from that which of them the school had put together.

export interface Load {
  /** The worker's id. */
  id: string;
  /** How many open threads it has. */
  load: number;
}

export interface Gift {
  thread: string;
  worker: string;
}

/** ms between two: at least, and at most. */
const PAUSE = [300, 1_500] as const;

/** Whoever has the fewest open threads gets the next one; among equals chance decides. The threads are shuffled. */
export function spread(threads: readonly string[], workers: readonly Load[], random = Math.random): readonly Gift[] {
  const loads = shuffled(workers, random).map((worker) => ({ ...worker }));
  return shuffled(threads, random).map((thread) => {
    const next = loads.reduce((least, each) => (each.load < least.load ? each : least));
    next.load++;
    return { thread, worker: next.id };
  });
}

/**
 * Gives each, and returns those that were given. What one of them is refused for does not stop the others. Stops before
 * the next when `signal` says so.
 */
export async function giveAll(
  gifts: readonly Gift[],
  give: (gift: Gift) => Promise<unknown>,
  onEach: (gift: Gift, error: unknown) => void,
  signal: AbortSignal,
  random = Math.random,
): Promise<readonly Gift[]> {
  const given: Gift[] = [];
  for (const [at, gift] of gifts.entries()) {
    if (at > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE[0] + random() * (PAUSE[1] - PAUSE[0])));
    if (signal.aborted) break;
    const error: unknown = await give(gift).then(
      () => null,
      (reason: unknown) => reason,
    );
    if (error === null) given.push(gift);
    onEach(gift, error);
  }
  return given;
}

/** Each order is as likely (Fisher and Yates). */
function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other] as Item, mixed[last] as Item];
  }
  return mixed;
}
