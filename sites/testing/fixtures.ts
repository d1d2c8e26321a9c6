// Rows and entries as a server sends them. A test names only the fields that it is about.

import type {
  Ended,
  Event,
  RaiserMessage,
  RaiserRow,
  SchoolMessage,
  SchoolRow,
  Side,
  WorkerMessage,
} from "../src/api/protocol";

export const MINUTE = 60_000;
export const NOON = new Date(2026, 2, 10, 12, 0).getTime(); // a Tuesday, in the time zone of the tests

/** An id in the form that the server gives out. */
export const id = (name: string): string => name.padEnd(22, "0");

export const row = (name: string, rev: number, overrides: Partial<RaiserRow> = {}): RaiserRow => ({
  as: "raiser",
  id: id(name),
  rev,
  school: id("law"),
  subject: `About ${name}`,
  state: "open",
  since: NOON,
  at: NOON,
  seq: 1,
  theirs: 0,
  last: { side: "raiser", text: "Hello" },
  asked_to_end: 0,
  ...overrides,
});

export const schoolRow = (name: string, rev: number, overrides: Partial<SchoolRow> = {}): SchoolRow => {
  const { school: _, ...shared } = row(name, rev);
  const fixed = {
    owner: id("uma"),
    kind: "user",
    worker: null,
    theirs: 1,
    settled: 0,
    asked_at: 0,
    hides: false,
  } as const;
  return { ...shared, as: "school", turn_since: shared.at, ...fixed, ...overrides };
};

export const message = (seq: number, side: Side, overrides: Partial<RaiserMessage> = {}): RaiserMessage => ({
  as: "raiser",
  seq,
  at: NOON + seq,
  side,
  text: `Text ${seq}`,
  key: null,
  ...overrides,
});

export const schoolMessage = (
  seq: number,
  side: Side,
  author: string,
  overrides: Partial<SchoolMessage> = {},
): SchoolMessage => ({
  ...message(seq, side),
  as: "school",
  author: id(author),
  ...overrides,
});

export const workerMessage = (seq: number, side: Side, mine: boolean): WorkerMessage => ({
  ...message(seq, side),
  as: "worker",
  mine,
});

export const ended = (seq: number): Ended => ({ as: "ended", seq, at: NOON + seq });

/** The frame that a raiser gets when the thread's log grows to `seq`. */
export const event = (name: string, seq: number, side: Side, overrides: Partial<RaiserRow> = {}): Event => ({
  t: "event",
  id: id(name),
  entry: message(seq, side),
  row: row(name, seq, { seq, ...overrides }),
});
