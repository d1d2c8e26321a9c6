// A thread as the worker who handles it sees it: under an alias. A message that tells who the worker is needs a
// confirmation.

import { Undo2 } from "lucide";
import type { WorkerRow } from "../../api/protocol";
import { navigate, route } from "../../browser/route";
import { shortcut } from "../../browser/single-keys";
import { pageMessages } from "../../i18n/page-messages";
import { me, session } from "../../sync/store";
import { confirm } from "../../ui/ConfirmDialog";
import { Icon } from "../../ui/Icon";
import { toast } from "../../ui/toast";
import { useAction } from "../app/use-action";
import { SavedReplyTool } from "../saved-replies/SavedReplyTool";
import { announceEnds } from "../settle/announce-ends";
import { SnoozeButton } from "../snooze/SnoozeButton";
import { DetailsButton } from "../thread/DetailsButton";
import { ThreadPane } from "../thread/ThreadPane";
import type { Message } from "../thread/timeline";
import { detectPII } from "./detect-pii";
import { WorkerThreadDetails } from "./WorkerThreadDetails";

announceEnds("threads"); // this part of the site is loaded right after the lists

export function WorkerThread({ row }: { row: WorkerRow }) {
  const [busy, run] = useAction();
  return (
    <ThreadPane
      row={row}
      otherName={row.alias}
      subtitle={`${pageMessages.requester} · ${row.alias}`}
      authorOf={authorOf}
      confirmSend={confirmPersonalData}
      tool={SavedReplyTool}
      actions={
        <>
          <button
            type="button"
            class="button"
            aria-disabled={busy}
            aria-keyshortcuts={shortcut("h")}
            onClick={() => run(() => handBack(row))}
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
  );
}

/** A worker sees the side of a message: the requester, themselves, or their school, without names. */
function authorOf(message: Message): string | null {
  if (message.as !== "worker" || message.side === "raiser") return null;
  return message.mine ? pageMessages.log.you : pageMessages.log.ourSchool;
}

/** Returns whether a message has no personal data of its author, or the author wants to send it all the same. */
async function confirmPersonalData(text: string): Promise<boolean> {
  const found = me.peek() ? detectPII(text, me.peek() as { name: string; email: string }) : [];
  if (found.length === 0) return true;
  const { personalData } = pageMessages;
  const kinds = found.map((kind) => personalData.kinds[kind]).reduce((one, other) => personalData.and(one, other));
  return confirm({
    title: personalData.title,
    text: personalData.text(kinds),
    confirmLabel: personalData.send,
    cancelLabel: personalData.change,
    preferred: "cancel",
  });
}

async function handBack(row: WorkerRow): Promise<void> {
  const { assignment } = pageMessages;
  const question = {
    title: assignment.handBackTitle,
    text: assignment.handBackText,
    confirmLabel: assignment.handBack,
    cancelLabel: assignment.keep,
  };
  if (!(await confirm(question))) return;
  await session.call("handBackThread", {}, row.id);
  toast(assignment.handedBack);
  if (route.peek().id === row.id) navigate("threads", "", { replace: true });
}
