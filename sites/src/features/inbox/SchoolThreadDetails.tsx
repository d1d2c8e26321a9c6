// What a school knows of a thread that it received: the owner, the worker, the dates and the notes.

import type { InternalEntry } from "../../sync/internal-notes";
import { Notes } from "../notes/Notes";
import type { SchoolRow } from "../../api/protocol";
import { me, team } from "../../sync/store";
import { fullDateTime } from "../../i18n/time";
import { pageMessages } from "../../i18n/page-messages";
import { AskToEndButton } from "../settle/AskToEndButton";
import { HiddenMarks } from "../hidden-words/HiddenMarks";
import { HiddenWords } from "../hidden-words/HiddenWords";
import { HideWordsButton } from "../hidden-words/open-dialog";
import { ownerName, ownerOf, workerName } from "./names";

const { details: texts } = pageMessages;
const { notes } = pageMessages;

export function SchoolThreadDetails({ row }: { row: SchoolRow }) {
  const owner = ownerOf(row);
  return (
    <>
      <dl class="details-list">
        <dt>{texts.owner}</dt>
        <dd>
          <bdi>{ownerName(row)}</bdi>
          <span class="muted"> · {texts.kind[row.kind]}</span>
        </dd>
        {owner && (
          <>
            <dt>{texts.mail}</dt>
            <dd>
              <a href={`mailto:${encodeURIComponent(owner.email).replace("%40", "@")}`}>
                <bdi>{owner.email}</bdi>
              </a>
            </dd>
          </>
        )}
        <dt>{texts.handler}</dt>
        <dd dir="auto">{row.worker ? workerName(row.worker) : pageMessages.assignment.withUs}</dd>
        <dt>{texts.since}</dt>
        <dd>
          <time dateTime={new Date(row.since).toISOString()}>{fullDateTime(row.since)}</time>
        </dd>
        <dt>{texts.state}</dt>
        <dd>{pageMessages.log.state[row.state]}</dd>
      </dl>
      <AskToEndButton row={row} />
      <HiddenWords row={row} />
      <HiddenMarks row={row}>
        <Notes
          id={row.id}
          audience={notes.about.school}
          author={noteAuthor}
          reader={team.value?.workers.find(({ id }) => id === row.worker)?.name}
          after={(entry) => tellsWhoAsked(entry) && <HideWordsButton row={row} class="link" />}
        />
      </HiddenMarks>
    </>
  );
}

/** Whether a worker has handed the thread back because it tells who asked. */
const tellsWhoAsked = (entry: InternalEntry): boolean =>
  "text" in entry && entry.text.split("\n")[0] === pageMessages.assignment.reasons.identity;

function noteAuthor(entry: InternalEntry): string {
  if (entry.as === "assigned") return entry.worker ? notes.assigned(workerName(entry.worker)) : notes.takenBack;
  if (entry.as !== "school_note") return "";
  return me.value && entry.author === me.value.id ? me.value.name : workerName(entry.author);
}
