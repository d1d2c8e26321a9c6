// What stands on a key of this person's keyboard.

import { isMac } from "./keys";

const NAMES: Readonly<Record<string, string>> = { Escape: "Esc", "Control+K": isMac ? "⌘ K" : "Ctrl K" };

/** The name of a key that is written as in `aria-keyshortcuts`. */
export const keyName = (key: string): string => NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key);
