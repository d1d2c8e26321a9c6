// Where a network lets no socket through, the page asks the server every few seconds.

import { NetworkError } from "../api/client";
import { session } from "./store";
import { syncAll } from "./sync";

const INTERVAL = 4_000;
const HIDDEN_INTERVAL = 30_000; // a page that nobody sees
const FULL_ROUND = 15; // what changes seldom is loaded in each of these rounds

let isPolling = false;

/** Loads what the page shows for as long as calls are answered and no socket opens. */
export async function pollWhileBlocked(): Promise<void> {
  if (isPolling) return;
  isPolling = true;
  for (let round = 0; session.socket.state.peek() === "blocked"; round++) {
    await syncAll(round % FULL_ROUND !== 0).catch((error: unknown) => {
      if (error instanceof NetworkError) session.socket.handleUnreachable();
    });
    const interval = document.visibilityState === "hidden" ? HIDDEN_INTERVAL : INTERVAL;
    await new Promise((resolve) => setTimeout(resolve, interval * (0.75 + Math.random() / 2)));
  }
  isPolling = false;
}
