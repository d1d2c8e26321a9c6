// A thread as the school that received it sees it: its owner, who handles it, and who wrote each message.

import { DetailsButton } from "../thread/DetailsButton";
import { ThreadPane } from "../thread/ThreadPane";
import type { SchoolRow } from "../../api/protocol";
import { pageMessages } from "../../i18n/page-messages";
import { AssignButton } from "../assignment/AssignButton";
import { SavedReplyTool } from "../saved-replies/SavedReplyTool";
import { ReplyLease } from "../reply-lease/ReplyLease";
import { authorOf, ownerName, workerName } from "./names";
import { SchoolThreadDetails } from "./SchoolThreadDetails";

export function SchoolThread({ row }: { row: SchoolRow }) {
  const movable = row.state === "open" || row.worker !== null;
  return (
    <ThreadPane
      row={row}
      otherName={ownerName(row)}
      subtitle={
        <>
          <bdi>{ownerName(row)}</bdi> · {pageMessages.details.kind[row.kind]}
        </>
      }
      authorOf={authorOf(row)}
      notice={row.worker && <ReplyLease id={row.id} who={workerName(row.worker) || pageMessages.replyLease.worker} />}
      tool={SavedReplyTool}
      actions={
        <>
          {movable && <AssignButton row={row} />}
          <DetailsButton id={row.id}>
            <SchoolThreadDetails row={row} />
          </DetailsButton>
        </>
      }
    />
  );
}
