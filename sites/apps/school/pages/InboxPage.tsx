// The threads raised to a school in one list: which are new, whose turn each one is, and who handles it.

import { useState } from "preact/hooks";
import { EmptyState } from "../../../src/ui/EmptyState";
import { ThreadSplitView } from "../../../src/features/app/ThreadSplitView";
import { ThreadList } from "../../../src/features/thread-list/ThreadList";
import { ThreadPlaceholder } from "../../../src/features/thread/ThreadPlaceholder";
import type { Row, SchoolRow } from "../../../src/api/protocol";
import { href, route } from "../../../src/browser/route";
import { rows, team } from "../../../src/sync/store";
import { messages } from "../../../src/i18n/messages";
import { isReceived, type InboxStatus, inboxStatus, INBOX_STATUSES } from "../../../src/features/inbox/inbox-status";
import { ownerName, workerName } from "../../../src/features/inbox/names";
import { lazyThread } from "../../../src/features/app/lazy-page";
import { DetailsPanel } from "../../../src/features/thread/DetailsPanel";

const { inbox: texts } = messages;

const SchoolThread = lazyThread(() =>
  import("../../../src/features/inbox/SchoolThread").then((part) => part.SchoolThread),
);
const SchoolThreadDetails = lazyThread(() =>
  import("../../../src/features/inbox/SchoolThreadDetails").then((part) => part.SchoolThreadDetails),
);

export function InboxPage() {
  const { id } = route.value;
  const found = rows.value.filter(isReceived);
  const row = found.find((row) => row.id === id);
  return (
    <ThreadSplitView
      title={messages.nav.inbox}
      list={<InboxList found={found} />}
      thread={
        row ? (
          <SchoolThread key={id} row={row} />
        ) : (
          <ThreadPlaceholder title={messages.threads.pick} text={texts.pickText} />
        )
      }
      details={
        row && (
          <DetailsPanel>
            <SchoolThreadDetails key={id} row={row} />
          </DetailsPanel>
        )
      }
    />
  );
}

function InboxList({ found }: { found: SchoolRow[] }) {
  const [status, setStatus] = useState<InboxStatus | "all">("all");
  const visible = status === "all" ? found : found.filter((row) => inboxStatus(row) === status);
  const count = (name: InboxStatus | "all") =>
    name === "all" ? found.length : found.filter((row) => inboxStatus(row) === name).length;
  return (
    <ThreadList
      page="inbox"
      nameOf={(row) => (isReceived(row) ? ownerName(row) : "")}
      tag={(row) => <Tag row={row} />}
      ownText={messages.list.us}
      groups={[{ label: texts[status], rows: visible }]}
      shelf="received"
      isEmpty={found.length === 0}
      empty={<EmptyInbox />}
      filters={
        <fieldset class="filters">
          <legend class="visually-hidden">{texts.show}</legend>
          {(["all", ...INBOX_STATUSES] as const).map((name) => (
            <label key={name} class="filter">
              <input type="radio" name="status" checked={status === name} onChange={() => setStatus(name)} />
              <span>
                {texts[name]} <b>{count(name)}</b>
              </span>
            </label>
          ))}
        </fieldset>
      }
      footer={
        visible.length === 0 && (
          <div class="empty-state small">
            <p>{texts.emptyFilter}</p>
            <button type="button" class="button quiet" onClick={() => setStatus("all")}>
              {texts.showAll}
            </button>
          </div>
        )
      }
    />
  );
}

/** Offers to invite a worker while the school may have another. */
function EmptyInbox() {
  const mayInvite = team.value !== null && team.value.workers.length < team.value.most;
  return (
    <EmptyState title={texts.empty} text={mayInvite ? `${texts.emptyText} ${texts.inviteText}` : texts.emptyText}>
      {mayInvite && (
        <a class="button primary" href={href("workers")}>
          {texts.invite}
        </a>
      )}
    </EmptyState>
  );
}

function Tag({ row }: { row: Row }) {
  if (!isReceived(row)) return null;
  const status = inboxStatus(row);
  if (row.worker) return <span class="tag">{texts.with(workerName(row.worker))}</span>;
  if (status === "new") return <span class="tag tag-new">{texts.new}</span>;
  return status === "ended" ? <span class="tag">{texts.ended}</span> : null;
}
