// What a person has begun to write survives a reload, in this browser only, until it is sent or they sign out.

import type { Drawer } from "./storage";

const PREFIX = "draft:";

export interface Drafts {
  get(place: string): string;
  set(place: string, text: string): void;
  clear(): void;
}

export const drafts = (drawer: Drawer): Drafts => ({
  get: (place) => drawer.get(PREFIX + place) ?? "",
  set: (place, text) => (text ? drawer.set(PREFIX + place, text) : drawer.remove(PREFIX + place)),
  clear: () => drawer.keys(PREFIX).forEach((key) => drawer.remove(key)),
});
