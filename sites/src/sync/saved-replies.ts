// The school's saved replies. They are in memory alone: a removed worker's browser keeps none.

import { signal } from "@preact/signals";
import { errorMessage } from "../api/client";
import type { SavedReplyList } from "../api/types";
import { loadCount, session } from "./store";
import { loaders, refresh } from "./sync";

/** null until they are loaded. */
export const savedReplies = signal<SavedReplyList | null>(null);
/** Why they could not be loaded; null if they could. */
export const savedRepliesError = signal<string | null>(null);

let requests = 0;
/** How many times the lists had been loaded, when these were. */
let loadedAt = -1;

/** Of several requests at once, the last one's answer counts. */
export async function loadSavedReplies(): Promise<void> {
  const [request, lists] = [++requests, loadCount.peek()];
  savedRepliesError.value = null;
  try {
    const found = await session.call("listSavedReplies");
    if (request !== requests) return;
    savedReplies.value = found;
    loadedAt = lists;
  } catch (error) {
    savedRepliesError.value = errorMessage(error);
    throw error;
  }
}

/** Loads them, unless this page knows them and has heard of every change since. */
export function ensureSavedReplies(): void {
  if (savedReplies.peek() === null || loadedAt !== loadCount.peek()) void refresh(loadSavedReplies());
}

loaders.saved_replies = loadSavedReplies;
