// Marks the threads in which a note mentions this person, until they have seen it. One that arrives while they are
// elsewhere is said at once, politely.

import { effect, untracked } from "@preact/signals";
import { navigate, openThreadId } from "../../browser/route";
import { pageMessages } from "../../i18n/page-messages";
import { openedPlace } from "../../sync/opened-place";
import type { InternalEntry } from "../../sync/internal-notes";
import { account, internalNotes, me, peekThread } from "../../sync/store";
import { toast } from "../../ui/toast";
import { mentionsMe } from "./mentions";

const { mention: texts } = pageMessages.notes;

/** Call once. `page` has the threads. */
export function watchMentions(page: string): void {
  let before: ReadonlyMap<string, readonly InternalEntry[]> = new Map();
  effect(() => {
    const now = internalNotes.value;
    if (!account.value || !me.value) return; // whose notes they are is not known yet
    untracked(() => {
      for (const [id, entries] of now) if (entries !== before.get(id)) markMentions(page, id, entries, before.get(id));
    });
    before = now;
  });
}

function markMentions(
  page: string,
  id: string,
  entries: readonly InternalEntry[],
  known: readonly InternalEntry[] | undefined,
): void {
  const marks = account.peek()?.marks;
  const mentions = marks?.unseenNotes(id, entries).filter(mentionsMe) ?? [];
  const last = mentions.at(-1);
  if (!last) return;
  marks?.markMention(id, last.seq);
  const hasArrived = mentions.some((entry) => !known?.includes(entry));
  // The notes of the open thread are loaded with it, and what they show they say themselves.
  const isLoad = openThreadId.peek() === id && !known;
  if (hasArrived && !isLoad && !areNotesShown(id)) sayMention(page, id);
}

const areNotesShown = (id: string): boolean =>
  openThreadId.peek() === id && [...document.querySelectorAll(".notes")].some((notes) => notes.checkVisibility());

function sayMention(page: string, id: string): void {
  const run = () => {
    openedPlace.value = { id, seq: 0, isNote: true, text: "" };
    navigate(page, id);
  };
  toast(texts.arrived(peekThread(id).row?.subject ?? ""), { action: { label: texts.show, run } });
}
