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

/** Locks by name, first come first served, as `navigator.locks` gives them. */
export class Locks {
  readonly #queues = new Map<string, Promise<unknown>>();

  request<T>(name: string, run: () => Promise<T> | T): Promise<T> {
    const turn = (this.#queues.get(name) ?? Promise.resolve()).then(run);
    this.#queues.set(name, turn.catch(() => undefined));
    return turn;
  }
}
