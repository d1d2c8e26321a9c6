// Whom the notes mention, as far as this page knows names: a school knows its own and its workers', a worker its own and
// the school's.

import { withoutQuotes } from "../../i18n/without-quotes";
import type { InternalEntry } from "../../sync/internal-notes";
import { account, me, team } from "../../sync/store";
import { mayMention, mentionedNames, mentionWord } from "./find-mentions";

function knownNames(): readonly string[] {
  const { name = "", card = null } = me.value ?? {};
  return [name, card?.name ?? "", ...(team.value?.workers ?? []).map((worker) => worker.name)];
}

/** Whether another person's note mentions this one. What a note quotes, it does not say. */
export function mentionsMe(entry: InternalEntry): boolean {
  if (!("text" in entry) || !mayMention(entry.text) || !account.value?.marks.isOfOther(entry)) return false;
  return mentionedNames(withoutQuotes(entry.text), knownNames()).has(me.value?.name ?? "");
}

/** The mentions in a text, as words to mark. */
export const mentionWords = (text: string): readonly string[] =>
  mayMention(text) ? [...mentionedNames(text, knownNames())].map(mentionWord) : [];
