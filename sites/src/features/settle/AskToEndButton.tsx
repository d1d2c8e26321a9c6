// Asks the person who asked whether a thread is settled, once a week at most. Only they can end it.

import type { SchoolRow, WorkerRow } from "../../api/protocol";
import { currentMinute } from "../../browser/server-clock";
import { pageMessages } from "../../i18n/page-messages";
import { shortDate } from "../../i18n/time";
import { session } from "../../sync/store";
import { toast } from "../../ui/toast";
import { useAction } from "../app/use-action";

const { settle: texts } = pageMessages;
const WEEK = 7 * 86_400_000;

export function AskToEndButton({ row }: { row: SchoolRow | WorkerRow }) {
  const [busy, run] = useAction();
  if (row.state !== "open") return null;
  const isPending = row.asked_to_end > 0;
  const mayAsk = currentMinute.value >= row.asked_at + WEEK;
  return (
    <div class="ask-to-end">
      {!isPending && mayAsk && (
        <button type="button" class="button" aria-disabled={busy} onClick={() => run(() => ask(row.id))}>
          {texts.ask}
        </button>
      )}
      <p class="muted">
        {isPending
          ? texts.pending(shortDate(row.asked_at, currentMinute.value))
          : mayAsk
            ? texts.hint
            : texts.askedLately(shortDate(row.asked_at, currentMinute.value))}
      </p>
    </div>
  );
}

async function ask(id: string): Promise<void> {
  await session.call("askToEnd", {}, id);
  toast(texts.asked);
}
