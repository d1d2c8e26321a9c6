// A thread as the school that received it sees it: its owner, who handles it, and who wrote each message.

import { useMemo } from "preact/hooks";
import { DetailsButton } from "../thread/DetailsButton";
import { MessageActionContext } from "../thread/message-action";
import { ThreadPane } from "../thread/ThreadPane";
import type { SchoolRow } from "../../api/protocol";
import { me } from "../../sync/store";
import type { Message } from "../thread/timeline";
import { pageMessages } from "../../i18n/page-messages";
import { AssignButton } from "../assignment/AssignButton";
import { SavedReplyTool } from "../saved-replies/SavedReplyTool";
import { ReplyLease } from "../reply-lease/ReplyLease";
import { watchMentions } from "../notes/watch-mentions";
import { announceEnds } from "../settle/announce-ends";
import { HiddenMarks } from "../hidden-words/HiddenMarks";
import { openHideWords } from "../hidden-words/open-dialog";
import { SnoozeButton } from "../snooze/SnoozeButton";
import { ownerName, workerName } from "./names";
import { SchoolThreadDetails } from "./SchoolThreadDetails";
import { watchUnknownWorkers } from "./unknown-workers";

announceEnds("inbox");
watchMentions("inbox");
watchUnknownWorkers(); // this part of the site is loaded right after the lists

export function SchoolThread({ row }: { row: SchoolRow }) {
  const hideSelected = useMemo(
    () => ({ label: pageMessages.hiddenWords.selected, run: (text: string) => openHideWords(row, text) }),
    [row],
  );
  const movable = row.state === "open" || row.worker !== null;
  return (
    <HiddenMarks row={row}>
      <MessageActionContext.Provider value={hideSelected}>
        <ThreadPane
          row={row}
          otherName={ownerName(row)}
          subtitle={
            <>
              <bdi>{ownerName(row)}</bdi> · {pageMessages.details.kind[row.kind]}
            </>
          }
          authorOf={authorOf(row)}
          notice={
            row.worker && <ReplyLease id={row.id} who={workerName(row.worker) || pageMessages.replyLease.worker} />
          }
          tool={SavedReplyTool}
          actions={
            <>
              {movable && <AssignButton row={row} />}
              <SnoozeButton row={row} />
              <DetailsButton id={row.id}>
                <SchoolThreadDetails row={row} />
              </DetailsButton>
            </>
          }
        />
      </MessageActionContext.Provider>
    </HiddenMarks>
  );
}

const authorOf =
  (row: SchoolRow) =>
  (message: Message): string | null => {
    if (message.as !== "school") return null;
    if (message.author === row.owner) return ownerName(row);
    return message.author === me.value?.id ? me.value.name : workerName(message.author);
  };
