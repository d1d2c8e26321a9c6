// What a browser gives its tabs in common: storage that outlives them, and locks that one of them holds at a time.

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

/** Who holds a lock, or with null did not get it. */
type Holder<T> = (lock: { name: string } | null) => Promise<T> | T;

/** Locks by name, first come first served, as `navigator.locks` gives them. */
export class Locks {
  readonly #queues = new Map<string, Promise<unknown>>();

  request<T>(name: string, run: Holder<T>): Promise<T>;
  request<T>(name: string, options: { ifAvailable: boolean }, run: Holder<T>): Promise<T>;
  request<T>(name: string, given: Holder<T> | { ifAvailable: boolean }, after?: Holder<T>): Promise<T> {
    const run = after ?? (given as Holder<T>);
    const held = this.#queues.get(name);
    if (held && after && (given as { ifAvailable: boolean }).ifAvailable) return Promise.resolve(null).then(run);
    const turn = (held ?? Promise.resolve()).then(() => run({ name }));
    const done = turn.then(
      () => undefined,
      () => undefined,
    ).then(() => void (this.#queues.get(name) === done && this.#queues.delete(name)));
    this.#queues.set(name, done);
    return turn;
  }
}
