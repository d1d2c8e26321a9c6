// What a worker knows of a thread: the alias, the dates, and the notes of the school and the worker.

import type { InternalEntry } from "../../sync/internal-notes";
import { Masks } from "../hidden-words/Masks";
import { Notes } from "../notes/Notes";
import type { WorkerRow } from "../../api/protocol";
import { me } from "../../sync/store";
import { fullDateTime } from "../../i18n/time";
import { pageMessages } from "../../i18n/page-messages";
import { AskToEndButton } from "../settle/AskToEndButton";

const { details: texts } = pageMessages;

export function WorkerThreadDetails({ row }: { row: WorkerRow }) {
  return (
    <>
      <dl class="details-list">
        <dt>{texts.owner}</dt>
        <dd>{row.alias}</dd>
        <dt>{texts.since}</dt>
        <dd>
          <time dateTime={new Date(row.since).toISOString()}>{fullDateTime(row.since)}</time>
        </dd>
        <dt>{texts.state}</dt>
        <dd>{pageMessages.log.state[row.state]}</dd>
      </dl>
      <AskToEndButton row={row} />
      <Masks>
        <Notes
          id={row.id}
          audience={pageMessages.notes.about.worker}
          author={noteAuthor}
          reader={me.value?.card?.name}
        />
      </Masks>
    </>
  );
}

const noteAuthor = (entry: InternalEntry): string =>
  entry.as === "worker_note" && entry.mine ? pageMessages.log.you : pageMessages.notes.us;
