// What may run once at a time, however many tabs are open. A browser that forbids storage forbids such locks too: there
// each page takes turns with itself alone.

const turns = new Map<string, Promise<unknown>>();

export async function alone<T>(name: string, run: () => Promise<T>): Promise<T> {
  let entered = false;
  try {
    return (await navigator.locks.request(name, () => {
      entered = true;
      return run();
    })) as T;
  } catch (error) {
    if (entered) throw error;
    return inThisPage(name, run);
  }
}

function inThisPage<T>(name: string, run: () => Promise<T>): Promise<T> {
  const turn = (turns.get(name) ?? Promise.resolve()).then(run);
  turns.set(name, turn.catch(() => undefined));
  return turn;
}
