// Above the composer of the school or of its worker: the other one writes an answer, or has sent one meanwhile.

import { effect, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ShownEntry } from "../../api/protocol";
import { pageMessages } from "../../i18n/page-messages";
import { composingThreads, ComposingSign } from "../../sync/reply-lease";
import { account, me, peekThread, thread } from "../../sync/store";

const { replyLease: texts } = pageMessages;

interface ReplyLeaseProps {
  id: string;
  /** The other one, as this viewer knows them. */
  who: string;
}

export function ReplyLease({ id, who }: ReplyLeaseProps) {
  /** The log's last message when this answer was begun; null without one. */
  const begunAfter = useSignal<number | null>(null);
  useEffect(() => {
    const sign = new ComposingSign(id);
    begunAfter.value = null;
    let isFirst = true; // a draft that was there before is not being written
    const stop = effect(() => {
      const hasText = (account.value?.drafts.get(id).text ?? "").trim() !== "";
      if (!hasText) begunAfter.value = null;
      else begunAfter.value = begunAfter.peek() ?? peekThread(id).row?.seq ?? 0;
      if (!isFirst) sign.onChange(hasText);
      isFirst = false;
    });
    return () => {
      stop();
      sign.stop();
    };
  }, [id, begunAfter]);
  const begun = begunAfter.value;
  const isAnswered =
    begun !== null && thread(id).log?.entries.some((entry) => entry.seq > begun && isAnothersAnswer(entry));
  return (
    <p class={isAnswered ? "composer-note reply-lease is-answered" : "composer-note reply-lease"} role="status">
      {isAnswered ? texts.answered(who) : composingThreads.value.has(id) ? texts.writing(who) : ""}
    </p>
  );
}

function isAnothersAnswer(entry: ShownEntry): boolean {
  if (entry.as === "worker") return entry.side === "school" && !entry.mine;
  return entry.as === "school" && entry.side === "school" && entry.author !== me.peek()?.id;
}
