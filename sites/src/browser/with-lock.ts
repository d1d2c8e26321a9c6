// Runs one function at a time in all tabs of this browser. A browser that forbids storage forbids locks too: then each
// page has its own queue.

const queues = new Map<string, Promise<unknown>>();

/** `run` receives whether it had to wait, because another tab held the lock. */
export async function withLock<T>(name: string, run: (waited: boolean) => Promise<T>): Promise<T> {
  let hasStarted = false;
  const start = (waited: boolean) => {
    hasStarted = true;
    return run(waited);
  };
  try {
    let value: T | undefined;
    const wasFree = await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
      if (lock) value = await start(false);
      return lock !== null;
    });
    return wasFree ? (value as T) : await navigator.locks.request(name, () => start(true));
  } catch (error) {
    if (hasStarted) throw error;
    return withPageLock(name, run);
  }
}

function withPageLock<T>(name: string, run: (waited: boolean) => Promise<T>): Promise<T> {
  const previous = queues.get(name);
  const turn = (previous ?? Promise.resolve()).then(() => run(previous !== undefined));
  const done: Promise<unknown> = Promise.allSettled([turn]).then(
    () => queues.get(name) === done && queues.delete(name),
  );
  queues.set(name, done);
  return turn;
}
