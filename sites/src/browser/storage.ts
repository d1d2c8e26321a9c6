// Each site stores under its own name: the three sites share an origin, and never read each other's data.
//
// A browser may forbid storage (then reading `localStorage` throws), or storage may be full. Nothing here throws: what
// cannot be stored lasts as long as the page, and `storageStatus` tells the page to say so.

import { signal } from "@preact/signals";

export interface StorageNamespace {
  get(key: string): string | null;
  /** What storage holds, which every tab sees, whatever this page has in its own memory. */
  stored(key: string): string | null;
  /**
   * Returns whether the value is stored. If not, `get` returns it while the page is open, and the old value stays
   * stored.
   */
  set(key: string, value: string): boolean;
  remove(key: string): void;
  /** The keys with this prefix, without the name of the site. */
  keys(prefix: string): string[];
}

/** Whether this browser stores data. `forbidden` and `full` stay until the page is reloaded. */
export const storageStatus = signal<"available" | "full" | "forbidden">("available");

/** A storage of this browser; null if it is forbidden. The only place that may name `localStorage`. */
export function getStorage(name: "localStorage" | "sessionStorage"): Storage | null {
  const storage = usableStorage(name);
  if (!storage) storageStatus.value = "forbidden";
  return storage;
}

function usableStorage(name: "localStorage" | "sessionStorage"): Storage | null {
  try {
    const storage = globalThis[name] ?? null; // null by a setting of Firefox
    storage?.getItem("uconnect"); // if third-party storage is blocked, the getter works and its use throws
    return storage;
  } catch {
    return null;
  }
}

/** A namespace in this browser's storage, or in this tab's. Without storage it lasts as long as the page. */
export const localNamespace = (name: string): StorageNamespace => storageNamespace(getStorage("localStorage"), name);
export const tabNamespace = (name: string): StorageNamespace => storageNamespace(getStorage("sessionStorage"), name);

export function storageNamespace(storage: Storage | null, name: string): StorageNamespace {
  const memory = new Map<string, string | null>(); // what could not be stored; null for what could not be removed
  const fullKey = (key: string) => `${name}:${key}`;
  const withStorage = <T>(use: (storage: Storage) => T, otherwise: T): T => {
    if (storage === null) return otherwise;
    try {
      return use(storage);
    } catch {
      return otherwise; // full, or forbidden since: the page's memory is used
    }
  };
  const stored = (key: string) => withStorage((storage) => storage.getItem(fullKey(key)), null);
  return {
    stored,
    get: (key) => memory.get(key) ?? (memory.has(key) ? null : stored(key)),
    set(key, value) {
      const isStored = withStorage((storage) => (storage.setItem(fullKey(key), value), true), false);
      if (isStored) memory.delete(key);
      else memory.set(key, value);
      if (!isStored && storage) storageStatus.value = "full";
      return isStored;
    },
    remove(key) {
      memory.delete(key);
      const isRemoved = withStorage((storage) => (storage.removeItem(fullKey(key)), true), storage === null);
      if (!isRemoved) memory.set(key, null);
    },
    keys(prefix) {
      const stored = withStorage((storage) => Object.keys(storage), [])
        .filter((key) => key.startsWith(fullKey(prefix)))
        .map((key) => key.slice(name.length + 1));
      const unstored = [...memory.keys()].filter((key) => key.startsWith(prefix));
      return [...new Set([...stored, ...unstored])].filter((key) => memory.get(key) !== null);
    },
  };
}

/** A stored JSON value, if it is valid: it may be cut short, or written by an older version of the site. */
export function parseStored<T>(stored: string | null, isValid: (found: Partial<T>) => boolean): T | null {
  try {
    const found: unknown = JSON.parse(stored ?? "null");
    return typeof found === "object" && found !== null && isValid(found) ? (found as T) : null;
  } catch {
    return null;
  }
}
