// Times are compared with the server's clock: the clock of a device may be minutes or hours off.

import { signal } from "@preact/signals";
import { dropError } from "./drop-error";

const TOLERANCE = 30_000; // an answer takes time to arrive, and the header has whole seconds
const MINUTE = 60_000;

/** The server's clock minus this device's, in ms; 0 while they agree. */
export const clockOffset = signal(0);

/** Now, by the server's clock. */
export const now = (): number => Date.now() + clockOffset.peek();

/** Now, updated each minute. A component that reads it follows midnight and closing times. */
export const currentMinute = signal(now());

/**
 * Sets the clock from an answer's `Date`, plus its `Age` if a cache answered. Returns whether the answer has a date.
 * A small difference from what is known is the time that the answer took.
 */
export function setClockFrom({ headers }: Pick<Response, "headers">): boolean {
  const serverTime = Date.parse(headers.get("date") ?? "");
  if (Number.isNaN(serverTime)) return false;
  const difference = serverTime + 1000 * (Number(headers.get("age")) || 0) - Date.now();
  if (Math.abs(difference) < TOLERANCE) setOffset(0);
  else if (Math.abs(difference - clockOffset.peek()) >= TOLERANCE) setOffset(difference);
  return true;
}

function setOffset(offset: number): void {
  if (offset === clockOffset.peek()) return;
  clockOffset.value = offset;
  currentMinute.value = now();
}

/** Asks this site's own origin for the time: answers of another origin do not expose their `Date`. */
export async function fetchServerTime(): Promise<void> {
  const response = await fetch("config.json", {
    method: "HEAD",
    cache: "no-store",
    signal: AbortSignal.timeout(5_000),
  }).catch(dropError("it is tried again")); // by the next answer
  if (response) setClockFrom(response);
}

/**
 * Starts to update `currentMinute`, also after the device has slept. If the device's clock has moved otherwise than time
 * has passed, somebody has set it, and the server is asked. Call once.
 */
export function startMinuteClock(): void {
  const clockStart = () => Date.now() - performance.now();
  let start = clockStart();
  const tick = () => {
    if (Math.abs(clockStart() - start) >= TOLERANCE) void fetchServerTime();
    start = clockStart();
    currentMinute.value = now();
  };
  const next = () => setTimeout(() => (tick(), next()), MINUTE - (now() % MINUTE));
  next();
  document.addEventListener("visibilitychange", tick);
  addEventListener("pageshow", tick);
  addEventListener("focus", tick);
}
