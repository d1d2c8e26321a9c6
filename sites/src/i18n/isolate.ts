// A text from somebody stands inside a sentence of ours, and must not turn the direction of the words around it.

import { CLASSES } from "./text-fields";

const TURNS = new RegExp(`[${CLASSES.TURNING}]`, "u");
const CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * The text between marks that isolate its direction (UAX 9, FSI and PDI). A text that turns nothing is returned as it
 * is. In JSX there is the element `bdi`.
 */
export const isolate = (text: string): string =>
  TURNS.test(text) ? `\u2068${text.replace(CONTROLS, "")}\u2069` : text;

/** A table of texts whose functions isolate every string that they are given. So none of them can forget it. */
export function isolateArguments<T>(table: T): T {
  if (typeof table === "function") return ((...given: unknown[]) => table(...given.map(isolateAll))) as T;
  return mapObject(table, isolateArguments);
}

const isolateAll = (value: unknown): unknown =>
  typeof value === "string"
    ? isolate(value)
    : Array.isArray(value)
      ? value.map(isolateAll)
      : mapObject(value, isolateAll);

const mapObject = <T>(value: T, change: (part: unknown) => unknown): T =>
  typeof value === "object" && value !== null
    ? (Object.fromEntries(Object.entries(value).map(([name, part]) => [name, change(part)])) as T)
    : value;
