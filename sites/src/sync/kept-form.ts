// What is typed in a form and not saved yet, as the drafts of messages: it is there after a reload, for its account alone.

import { parseStored } from "../browser/storage";
import { account } from "./store";
import { FORM } from "./target";

export interface KeptForm<Fields extends object> {
  get(): Fields | null;
  /** An empty object is not kept. */
  set(fields: Fields): void;
}

export function keptForm<Fields extends object>(name: string): KeptForm<Fields> {
  const key = FORM + name;
  return {
    get: () => parseStored<Fields>(account.peek()?.storage.get(key) ?? null, () => true),
    set(fields) {
      if (Object.keys(fields).length > 0) account.peek()?.storage.set(key, JSON.stringify(fields));
      else account.peek()?.storage.remove(key);
    },
  };
}
