// What stands in the place of an empty inbox, or of an empty part of it.

import { EmptyState } from "../../../src/ui/EmptyState";
import { href } from "../../../src/browser/route";
import { pageMessages } from "../../../src/i18n/page-messages";
import { team } from "../../../src/sync/store";

const { emptyInbox: texts } = pageMessages;

interface NothingHereProps {
  /** Whether nothing was ever received. */
  hasNone: boolean;
  filter: string;
  showAll: () => void;
}

export function NothingHere({ hasNone, filter, showAll }: NothingHereProps) {
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
      <p>{texts.inFilter}</p>
      <button type="button" class="button quiet" onClick={showAll}>
        {texts.showAll}
      </button>
    </div>
  );
}

function NothingReceived() {
  const hasWorkers = team.value === null || team.value.workers.length > 0;
  return (
    <EmptyState title={texts.title} text={hasWorkers ? texts.text : `${texts.text} ${texts.inviteText}`}>
      {!hasWorkers && (
        <a class="button primary" href={href("workers")}>
          {texts.invite}
        </a>
      )}
    </EmptyState>
  );
}
