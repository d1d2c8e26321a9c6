// What a site keeps in the browser is under its own name: the three sites share an origin, never a word of each other's.
//
// A browser may forbid storage (reading `localStorage` then throws) or have no room left. Nothing here ever throws: what
// cannot be kept lasts as long as the page, and `keeping` says so, for the page to say it in words.

import { signal } from "@preact/signals";

export interface Drawer {
  get(key: string): string | null;
  /** What storage itself holds, which every tab sees, whatever this page keeps in its own memory. */
  stored(key: string): string | null;
  /** Whether it outlives the page. If not, `get` answers it while the page is open, and what was stored stays stored. */
  set(key: string, value: string): boolean;
  remove(key: string): void;
  /** The keys that begin so, without the site's name before them. */
  keys(prefix: string): string[];
}

/** Whether this browser keeps things: `forbidden` and `full` last until the page is reloaded. */
export const keeping = signal<"kept" | "full" | "forbidden">("kept");

/** A storage of this browser; null where it is forbidden. The only place that may name `localStorage`. */
export function storageOf(name: "localStorage" | "sessionStorage"): Storage | null {
  try {
    const storage = globalThis[name] ?? null; // null: a setting of Firefox
    storage?.getItem("uconnect"); // where third parties are shut out, the getter answers and its use throws
    if (storage) return storage;
  } catch {
    // forbidden
  }
  keeping.value = "forbidden";
  return null;
}

/** A drawer in this browser's storage, or in a tab's; where there is none, one that lasts as long as the page. */
export const browserDrawer = (name: string): Drawer => drawer(storageOf("localStorage"), name);
export const tabDrawer = (name: string): Drawer => drawer(storageOf("sessionStorage"), name);

export function drawer(storage: Storage | null, name: string): Drawer {
  const page = new Map<string, string>();
  const full = (key: string) => `${name}:${key}`;
  const attempt = <T>(use: (storage: Storage) => T, otherwise: T): T => {
    if (storage === null) return otherwise;
    try {
      return use(storage);
    } catch {
      return otherwise; // full, or forbidden since: the page's own memory answers
    }
  };
  const stored = (key: string) => attempt((storage) => storage.getItem(full(key)), null);
  return {
    stored,
    get: (key) => page.get(key) ?? stored(key),
    set(key, value) {
      const kept = attempt((storage) => (storage.setItem(full(key), value), true), false);
      if (kept) page.delete(key);
      else page.set(key, value);
      if (!kept && storage) keeping.value = "full";
      return kept;
    },
    remove(key) {
      page.delete(key);
      attempt((storage) => storage.removeItem(full(key)), undefined);
    },
    keys(prefix) {
      const stored = attempt((storage) => Object.keys(storage), [])
        .filter((key) => key.startsWith(full(prefix)))
        .map((key) => key.slice(name.length + 1));
      return [...new Set([...stored, ...[...page.keys()].filter((key) => key.startsWith(prefix))])];
    },
  };
}

/** Remove all that is kept under a name, in the browser and in this tab. */
export function sweep(name: string): void {
  for (const storage of [storageOf("localStorage"), storageOf("sessionStorage")])
    for (const key of Object.keys(storage ?? {})) if (key.startsWith(`${name}:`)) storage?.removeItem(key);
}

/** What was kept as JSON, if it is still what it was kept as: it may be cut short, or of an older version of the site. */
export function parsed<T>(kept: string | null, fits: (found: Partial<T>) => boolean): T | null {
  try {
    const found: unknown = JSON.parse(kept ?? "null");
    return typeof found === "object" && found !== null && fits(found as Partial<T>) ? (found as T) : null;
  } catch {
    return null;
  }
}
