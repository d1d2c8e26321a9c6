// A thread as the worker who handles it sees it: under an alias. A message that tells who the worker is needs a
// confirmation.

import { Undo2 } from "lucide";
import type { WorkerRow } from "../../api/protocol";
import { shortcut } from "../../browser/single-keys";
import { pageMessages } from "../../i18n/page-messages";
import { Icon } from "../../ui/Icon";
import { overlay } from "../../ui/Overlay";
import { Masks } from "../hidden-words/Masks";
import { confirmPersonalData } from "../personal-data/confirm-personal-data";
import { ReplyLease } from "../reply-lease/ReplyLease";
import { SavedReplyTool } from "../saved-replies/SavedReplyTool";
import { watchMentions } from "../notes/watch-mentions";
import { announceEnds } from "../settle/announce-ends";
import { SnoozeButton } from "../snooze/SnoozeButton";
import { DetailsButton } from "../thread/DetailsButton";
import { ThreadPane } from "../thread/ThreadPane";
import type { Message } from "../thread/timeline";
import { HandBackDialog } from "./HandBackDialog";
import { WorkerThreadDetails } from "./WorkerThreadDetails";

announceEnds("threads"); // this part of the site is loaded right after the lists
watchMentions("threads");

export function WorkerThread({ row }: { row: WorkerRow }) {
  return (
    <Masks>
      <ThreadPane
        row={row}
        otherName={row.alias}
        subtitle={`${pageMessages.requester} · ${row.alias}`}
        authorOf={authorOf}
        confirmSend={(text) => confirmPersonalData(text, "worker")}
        notice={<ReplyLease id={row.id} who={pageMessages.log.ourSchool} />}
        tool={SavedReplyTool}
        actions={
          <>
            <button
              type="button"
              class="button"
              aria-keyshortcuts={shortcut("h")}
              onClick={() => (overlay.value = <HandBackDialog row={row} close={() => (overlay.value = null)} />)}
            >
              <Icon of={Undo2} size={18} />
              {pageMessages.assignment.handBack}
            </button>
            <SnoozeButton row={row} />
            <DetailsButton id={row.id}>
              <WorkerThreadDetails row={row} />
            </DetailsButton>
          </>
        }
      />
    </Masks>
  );
}

/** A worker sees the side of a message: the requester, themselves, or their school, without names. */
function authorOf(message: Message): string | null {
  if (message.as !== "worker" || message.side === "raiser") return null;
  return message.mine ? pageMessages.log.you : pageMessages.log.ourSchool;
}
