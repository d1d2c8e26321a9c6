// In place of a thread: none is chosen, it is not loaded yet, or it is gone.

import { useEffect, useRef } from "preact/hooks";
import type { Row } from "../../api/protocol";
import { href, route } from "../../browser/route";
import { messages } from "../../i18n/messages";
import { isLoaded, removedRows } from "../../sync/store";
import { checkingThreadId } from "../../sync/sync";
import { EmptyState } from "../../ui/EmptyState";
import { Skeleton } from "../../ui/Skeleton";
import { UnsentTexts } from "../drafts/lazy-editors";

/** Only an ended thread can be deleted. If an open thread left its worker, it was taken back. */
function goneReason(row: Row): string {
  const { goneFor } = messages.thread;
  return row.as === "worker" && row.state === "terminated" ? goneFor.workerEnded : goneFor[row.as];
}

interface ThreadPlaceholderProps {
  title: string;
  text: string;
  /** Whether there is no thread to choose. */
  isEmpty: boolean;
}

export function ThreadPlaceholder({ title, text, isEmpty }: ThreadPlaceholderProps) {
  const { id, page } = route.value;
  const isGone = id !== "" && isLoaded.value && checkingThreadId.value !== id;
  const lastRow = removedRows.value.get(id);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (isGone) heading.current?.focus();
  }, [isGone]);
  if (id === "") return isEmpty ? null : <EmptyState title={title} text={text} />;
  if (!isGone) return <Skeleton label={messages.thread.loading} lines={5} />;
  return (
    <div class="empty-state">
      <h1 class="empty-state-title" tabIndex={-1} ref={heading}>
        {messages.thread.gone}
      </h1>
      <p>{lastRow ? goneReason(lastRow) : messages.thread.goneText}</p>
      <UnsentTexts id={id} reason="gone" />
      <a class="button" href={href(page)}>
        {messages.thread.toList}
      </a>
    </div>
  );
}
