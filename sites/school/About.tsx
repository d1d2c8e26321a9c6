// What a school knows of a thread raised to it: its owner, whose hands it is in, since when, and what was noted.

import type { Aside } from "../common/asides";
import { Notes } from "../common/parts/Notes";
import type { SchoolRow } from "../common/protocol";
import { me } from "../common/session";
import { exact } from "../common/time";
import { words } from "../common/words";
import { more } from "../common/words-more";
import { ownerName, ownerOf, workerName } from "./people";

const { about } = words;
const { notes } = more;

export function About({ row }: { row: SchoolRow }) {
  const owner = ownerOf(row);
  return (
    <>
      <dl class="facts">
        <dt>{about.owner}</dt>
        <dd>
          {ownerName(row)}
          <span class="muted"> · {about.kind[row.kind]}</span>
        </dd>
        {owner && (
          <>
            <dt>{about.mail}</dt>
            <dd>
              <a href={`mailto:${encodeURIComponent(owner.email).replace("%40", "@")}`}>{owner.email}</a>
            </dd>
          </>
        )}
        <dt>{about.handler}</dt>
        <dd>{row.worker ? workerName(row.worker) : words.hands.withUs}</dd>
        <dt>{about.since}</dt>
        <dd>{exact(row.since)}</dd>
        <dt>{about.state}</dt>
        <dd>{words.thread.state[row.state]}</dd>
      </dl>
      <Notes id={row.id} about={notes.about.school} line={line} />
    </>
  );
}

function line(entry: Aside): string {
  if (entry.as === "assigned") return entry.worker ? notes.given(workerName(entry.worker)) : notes.back;
  if (entry.as !== "school_note") return "";
  return entry.author === me.value?.id ? me.value.name : workerName(entry.author);
}
