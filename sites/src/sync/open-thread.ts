// The thread that the address names is fetched when it is opened: a list may not have it, or not any more.

import { effect, signal } from "@preact/signals";
import { errorMessage } from "../api/client";
import { openThreadId } from "../browser/route";
import { isLoaded } from "./store";
import { fetchThread } from "./sync";

/** Why the open thread or its log could not be loaded; null if there is no such error. */
export const logError = signal<string | null>(null);
/** The id of the thread that is being fetched because a person opened it. */
export const checkingThreadId = signal("");

/** Call once. */
export function watchOpenThread(): void {
  let before = "";
  effect(() => {
    const id = openThreadId.value;
    if (id !== before) logError.value = null;
    before = id;
    if (!id || !isLoaded.value) return;
    checkingThreadId.value = id;
    void fetchThread(id)
      .catch((error: unknown) => (logError.value = errorMessage(error)))
      .finally(() => checkingThreadId.peek() === id && (checkingThreadId.value = ""));
  });
}
