// What the tabs of a browser share: storage, and locks that one tab holds at a time.

export class MemoryStorage implements Storage {
  [name: string]: unknown;
  full = false;

  get length(): number {
    return this.#names.length;
  }

  get #names(): string[] {
    return Object.keys(this).filter((name) => name !== "full");
  }

  key(n: number): string | null {
    return this.#names[n] ?? null;
  }

  getItem(name: string): string | null {
    return Object.hasOwn(this, name) ? String(this[name]) : null;
  }

  setItem(name: string, value: string): void {
    if (this.full) throw new DOMException("full", "QuotaExceededError");
    this[name] = value;
  }

  removeItem(name: string): void {
    delete this[name];
  }

  clear(): void {
    this.#names.forEach((name) => this.removeItem(name));
  }
}

/** Runs with the lock, or with null if the lock is not free. */
type Holder<T> = (lock: { name: string } | null) => Promise<T> | T;

/** Locks by name, first come first served, like `navigator.locks`. */
export class Locks {
  readonly #queues = new Map<string, Promise<unknown>>();

  request<T>(name: string, run: Holder<T>): Promise<T>;
  request<T>(name: string, options: { ifAvailable: boolean }, run: Holder<T>): Promise<T>;
  request<T>(name: string, given: Holder<T> | { ifAvailable: boolean }, after?: Holder<T>): Promise<T> {
    const run = after ?? (given as Holder<T>);
    const current = this.#queues.get(name);
    if (current && after && (given as { ifAvailable: boolean }).ifAvailable) return Promise.resolve(null).then(run);
    const turn = (current ?? Promise.resolve()).then(() => run({ name }));
    const done: Promise<unknown> = Promise.allSettled([turn]).then(
      () => this.#queues.get(name) === done && this.#queues.delete(name),
    );
    this.#queues.set(name, done);
    return turn;
  }
}
