// What time it is, is the server's to say: a device's clock may be minutes or hours off, and people's answers are not.

import { signal } from "@preact/signals";

const SLACK = 30_000; // an answer is on its way for a while, and a header has whole seconds
const MINUTE = 60_000;

/** By how many ms the server's clock is before this device's (negative: behind); 0 while they agree. */
export const offset = signal(0);

/** Now, by the server's clock. */
export const now = (): number => Date.now() + offset.peek();

/** Now, once more each minute: whatever shows it follows midnight and the hour of closing. */
export const minute = signal(now());

/** Learn the time from an answer's `Date`; where a cache answered, its `Age` is added. Whether the answer said a time. */
export function learn({ headers }: Pick<Response, "headers">): boolean {
  const said = Date.parse(headers.get("date") ?? "");
  if (Number.isNaN(said)) return false;
  const off = said + 1000 * (Number(headers.get("age")) || 0) - Date.now();
  offset.value = Math.abs(off) < SLACK ? 0 : off;
  minute.value = now();
  return true;
}

/** Ask for the time at the site's own origin: another origin's answers do not show their `Date`. */
export async function ask(): Promise<void> {
  const response = await fetch("config.json", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(5_000) }).catch(() => null);
  if (response) learn(response);
}

/** Follow the minutes from now on, also after the device has slept. Call once. */
export function followMinutes(): void {
  const tick = () => (minute.value = now());
  const next = () => setTimeout(() => (tick(), next()), MINUTE - (now() % MINUTE));
  next();
  document.addEventListener("visibilitychange", tick);
}
