// Finds saved replies by what is typed: in their titles, folders and texts, with every word.

import type { SavedReply } from "../../api/types";
import { searchKey } from "../../i18n/compare-text";
import { locale } from "../../i18n/messages";

interface SearchKeys {
  title: string;
  folder: string;
  text: string;
}

const collator = new Intl.Collator(locale, { numeric: true });
const keysOf = new WeakMap<SavedReply, SearchKeys>();

function searchKeys(reply: SavedReply): SearchKeys {
  const known = keysOf.get(reply);
  if (known) return known;
  const keys = { title: searchKey(reply.title), folder: searchKey(reply.folder), text: searchKey(reply.text) };
  keysOf.set(reply, keys);
  return keys;
}

/** By folder, then by title. Those without a folder come first. */
export const sortReplies = (replies: readonly SavedReply[]): readonly SavedReply[] =>
  [...replies].sort((a, b) => collator.compare(a.folder, b.folder) || collator.compare(a.title, b.title));

/** The replies that have every word that is typed. First those whose title begins with it, last those by their text. */
export function findReplies(replies: readonly SavedReply[], typed: string): readonly SavedReply[] {
  const words = searchKey(typed).split(" ").filter(Boolean);
  const ranked = sortReplies(replies).map((reply) => ({ reply, rank: rankOf(searchKeys(reply), words) }));
  return ranked
    .filter(({ rank }) => rank < Infinity)
    .sort((a, b) => a.rank - b.rank)
    .map(({ reply }) => reply);
}

function rankOf({ title, folder, text }: SearchKeys, words: readonly string[]): number {
  const [first = ""] = words;
  if (!words.every((word) => `${title} ${folder} ${text}`.includes(word))) return Infinity;
  if (title.startsWith(first)) return 0;
  if (title.includes(` ${first}`)) return 1;
  return words.every((word) => `${title} ${folder}`.includes(word)) ? 2 : 3;
}
