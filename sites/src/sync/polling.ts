// Where a network lets no socket through, the page asks the server every few seconds.

import { effect } from "@preact/signals";
import { NetworkError } from "../api/client";
import { dropError } from "../browser/drop-error";
import { session } from "./store";
import { syncAll } from "./sync";

const INTERVAL = 4_000;
const FULL_ROUND = 15; // what changes seldom is loaded in each of these rounds
const HIDDEN_INTERVAL = 30_000; // a page that nobody sees
const EARLY = 400; // ms after which a page that starts does not wait for its socket

/** Loads what the page shows for as long as calls are answered and no socket opens. Call once. */
export function watchBlockedSocket(): void {
  let round = 0;
  effect(() => {
    const current = ++round; // the state has changed: an earlier round ends
    if (session.socket.state.value === "blocked") void pollWhile(() => current === round);
  });
}

/** Loads the lists beside a socket that is slow to open. They are loaded again when it is open. */
export function loadEarly(): void {
  const isOpening = () => session.socket.state.peek() === "connecting";
  setTimeout(() => isOpening() && void syncAll().catch(dropError("the lists are loaded when the socket opens")), EARLY);
}

async function pollWhile(isCurrent: () => boolean): Promise<void> {
  for (let round = 0; isCurrent(); round++) {
    await syncAll(round % FULL_ROUND !== 0).catch((error: unknown) => {
      if (error instanceof NetworkError) session.socket.handleUnreachable();
    });
    const interval = document.visibilityState === "hidden" ? HIDDEN_INTERVAL : INTERVAL;
    await new Promise((resolve) => setTimeout(resolve, interval * (0.75 + Math.random() / 2)));
  }
}
