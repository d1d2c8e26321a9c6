// What a worker knows of a thread: the alias, since when it runs, and what was noted by the school and themselves.

import type { Aside } from "../common/asides";
import { Notes } from "../common/parts/Notes";
import type { WorkerRow } from "../common/protocol";
import { exact } from "../common/time";
import { words } from "../common/words";
import { more } from "../common/words-more";

const { about } = words;

export function About({ row }: { row: WorkerRow }) {
  return (
    <>
      <dl class="facts">
        <dt>{about.owner}</dt>
        <dd>{row.alias}</dd>
        <dt>{about.since}</dt>
        <dd>{exact(row.since)}</dd>
        <dt>{about.state}</dt>
        <dd>{words.thread.state[row.state]}</dd>
      </dl>
      <Notes id={row.id} about={more.notes.about.worker} line={line} />
    </>
  );
}

const line = (entry: Aside): string => (entry.as === "worker_note" && entry.mine ? words.thread.you : more.notes.us);
