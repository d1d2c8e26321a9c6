// The school asks whether a thread is settled. The person who asked ends it here, or says that it is not yet.

import type { RaiserRow } from "../../api/protocol";
import { pageMessages } from "../../i18n/page-messages";
import { session } from "../../sync/store";
import { useAction } from "../app/use-action";

const { settle: texts } = pageMessages;

export function SettledQuestion({ row, end }: { row: RaiserRow; end: () => Promise<unknown> }) {
  const [busy, run] = useAction();
  if (row.asked_to_end === 0 || row.state !== "open") return null;
  return (
    <section class="settled-question" aria-labelledby="settled-question">
      <p id="settled-question">{texts.question}</p>
      <button type="button" class="button" aria-disabled={busy} onClick={() => run(end)}>
        {pageMessages.endThread.action}
      </button>
      <button type="button" class="button quiet" aria-disabled={busy} onClick={() => run(() => notYet(row.id))}>
        {texts.notYet}
      </button>
    </section>
  );
}

/** The question goes as the server confirms it, and its buttons with it: the focus goes to where one would write. */
async function notYet(id: string): Promise<void> {
  await session.call("answerNotYet", {}, id);
  document.querySelector<HTMLElement>(".composer textarea")?.focus();
}
