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
export const isolateArguments = <T>(table: T): T => isolated(table, false) as T;

function isolated(part: unknown, isGiven: boolean): unknown {
  const change = (inner: unknown) => isolated(inner, isGiven);
  if (typeof part === "string") return isGiven ? isolate(part) : part;
  if (typeof part === "function")
    return (...parts: unknown[]) => (part as Text)(...parts.map((it) => isolated(it, true)));
  if (Array.isArray(part)) return part.map(change);
  if (!part || typeof part !== "object") return part;
  return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, change(inner)]));
}

type Text = (...parts: unknown[]) => string;
