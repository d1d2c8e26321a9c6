// A text from somebody stands inside a sentence of ours, and must not turn the direction of the words around it.

// The class TURNING of text-fields.ts, which is too large for what loads first. A test compares them.
const TURNS =
  /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * The text between marks that isolate its direction (UAX 9, FSI and PDI). A text that turns nothing is returned as it
 * is. In JSX there is the element `bdi`.
 */
export const isolate = (text: string): string =>
  TURNS.test(text) ? `\u2068${text.replace(CONTROLS, "")}\u2069` : text;

/** A table of texts whose functions isolate every string that they are `given`. So none of them can forget it. */
export function isolateArguments<T>(table: T, given = false): T {
  const change = (part: unknown): unknown => isolateArguments(part, given);
  return (
    typeof table === "string"
      ? given
        ? isolate(table)
        : table
      : typeof table === "function"
        ? (...parts: unknown[]) => (table as Text)(...parts.map((part) => isolateArguments(part, true)))
        : Array.isArray(table)
          ? table.map(change)
          : table && typeof table === "object"
            ? Object.fromEntries(Object.entries(table).map(([name, part]) => [name, change(part)]))
            : table
  ) as T;
}

type Text = (...parts: unknown[]) => string;
