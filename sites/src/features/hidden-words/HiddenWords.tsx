// What a school hides from its workers in a thread, and the way to show it again.

import type { SchoolRow } from "../../api/protocol";
import { pageMessages } from "../../i18n/page-messages";
import { keepHiddenWords, useHiddenWords } from "../../sync/hidden-words";
import { session } from "../../sync/store";
import { toast } from "../../ui/toast";
import { useAction } from "../app/use-action";
import { HideWordsButton } from "./open-dialog";

const { hiddenWords: texts } = pageMessages;

export function HiddenWords({ row }: { row: SchoolRow }) {
  const words = useHiddenWords(row);
  const [busy, run] = useAction();
  const show = async (word: string) => {
    keepHiddenWords(row.id, await session.call("showWords", { words: [word] }, row.id));
    toast(texts.shown);
  };
  return (
    <section class="hidden-words">
      <h3>{texts.title}</h3>
      {words.length === 0 && <p class="hint">{texts.none}</p>}
      {words.length > 0 && (
        <ul>
          {words.map((word) => (
            <li key={word}>
              <bdi>{word}</bdi>
              <button
                type="button"
                class="link"
                aria-label={texts.showAgain(word)}
                aria-disabled={busy}
                onClick={() => run(() => show(word))}
              >
                {texts.again}
              </button>
            </li>
          ))}
        </ul>
      )}
      <HideWordsButton row={row} />
    </section>
  );
}
