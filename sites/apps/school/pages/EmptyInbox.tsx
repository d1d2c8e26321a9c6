// What an inbox shows in place of threads: that none has come yet, or that none is in the filter.

import { EmptyState } from "../../../src/ui/EmptyState";
import { href } from "../../../src/browser/route";
import { pageMessages } from "../../../src/i18n/page-messages";
import { team } from "../../../src/sync/store";

const { inbox: texts } = pageMessages;

interface EmptyInboxProps {
  /** Whether no thread has ever come. */
  hasNone: boolean;
  filter: string;
  showAll: () => void;
}

export function EmptyInbox({ hasNone, filter, showAll }: EmptyInboxProps) {
  if (hasNone) return <NothingReceived />;
  if (filter === "open")
    return (
      <div class="empty-state small">
        <p>{texts.noneOpen}</p>
        <p class="muted">{texts.noneOpenText}</p>
      </div>
    );
  return (
    <div class="empty-state small">
      <p>{texts.emptyFilter}</p>
      <button type="button" class="button quiet" onClick={showAll}>
        {texts.showAll}
      </button>
    </div>
  );
}

function NothingReceived() {
  const hasWorkers = team.value === null || team.value.workers.length > 0;
  return (
    <EmptyState title={texts.empty} text={hasWorkers ? texts.emptyText : `${texts.emptyText} ${texts.inviteText}`}>
      {!hasWorkers && (
        <a class="button primary" href={href("workers")}>
          {texts.invite}
        </a>
      )}
    </EmptyState>
  );
}
