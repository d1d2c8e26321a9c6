// What a site keeps in the browser is under its own name: the three sites share an origin, never a word of each other's.

export interface Drawer {
  get(key: string): string | null;
  /** What storage itself holds, which every tab sees, whatever this page keeps in its own memory. */
  stored(key: string): string | null;
  /** Whether storage took it. If not, this page's memory keeps it, and what was stored before stays stored. */
  set(key: string, value: string): boolean;
  remove(key: string): void;
  /** The keys that begin so, without the site's name before them. */
  keys(prefix: string): string[];
}

/** A drawer in `storage`; where the browser forbids storage, one that lasts as long as the page. */
export function drawer(storage: Storage, name: string): Drawer {
  const page = new Map<string, string>();
  const full = (key: string) => `${name}:${key}`;
  const attempt = <T>(use: () => T, otherwise: T): T => {
    try {
      return use();
    } catch {
      return otherwise; // storage is full or forbidden: the page's own memory answers
    }
  };
  const stored = (key: string) => attempt(() => storage.getItem(full(key)), null);
  return {
    stored,
    get: (key) => page.get(key) ?? stored(key),
    set(key, value) {
      const kept = attempt(() => (storage.setItem(full(key), value), true), false);
      if (kept) page.delete(key);
      else page.set(key, value);
      return kept;
    },
    remove(key) {
      page.delete(key);
      attempt(() => storage.removeItem(full(key)), undefined);
    },
    keys(prefix) {
      const stored = attempt(() => Object.keys(storage), [] as string[])
        .filter((key) => key.startsWith(full(prefix)))
        .map((key) => key.slice(name.length + 1));
      return [...new Set([...stored, ...[...page.keys()].filter((key) => key.startsWith(prefix))])];
    },
  };
}
