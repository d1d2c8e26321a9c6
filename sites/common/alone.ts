// What may run once at a time, however many tabs are open. A browser that forbids storage forbids such locks too: there
// each page takes turns with itself alone.

const turns = new Map<string, Promise<unknown>>();

/** `run` is told whether another held the name, so that it had to wait. */
export async function alone<T>(name: string, run: (waited: boolean) => Promise<T>): Promise<T> {
  let entered = false;
  const enter = (waited: boolean) => {
    entered = true;
    return run(waited);
  };
  try {
    let value: T | undefined;
    const free = await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
      if (lock) value = await enter(false);
      return lock !== null;
    });
    return free ? (value as T) : ((await navigator.locks.request(name, () => enter(true))) as T);
  } catch (error) {
    if (entered) throw error;
    return inThisPage(name, run);
  }
}

function inThisPage<T>(name: string, run: (waited: boolean) => Promise<T>): Promise<T> {
  const before = turns.get(name);
  const turn = (before ?? Promise.resolve()).then(() => run(before !== undefined));
  const done: Promise<unknown> = turn.catch(() => undefined).then(() => turns.get(name) === done && turns.delete(name));
  turns.set(name, done);
  return turn;
}
