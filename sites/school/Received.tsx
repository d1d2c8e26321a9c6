// A thread as the school it was raised to reads it: its owner, whose hands it is in, and who wrote what.

import { Info } from "lucide";
import { useState } from "preact/hooks";
import { Dialog } from "../common/parts/Dialog";
import { Icon } from "../common/parts/Icon";
import { ThreadPane } from "../common/parts/ThreadPane";
import type { SchoolRow } from "../common/protocol";
import { exact } from "../common/time";
import { words } from "../common/words";
import { Give } from "./Give";
import { authorIn, ownerName, ownerOf, workerName } from "./people";

const { about } = words;

export function Received({ row }: { row: SchoolRow }) {
  const [asked, ask] = useState(false);
  const movable = row.state === "open" || row.worker !== null;
  return (
    <>
      <ThreadPane
        row={row}
        who={ownerName(row)}
        under={
          <>
            {ownerName(row)} · {about.kind[row.kind]}
          </>
        }
        author={authorIn(row)}
        actions={
          <>
            {movable && <Give row={row} />}
            <button type="button" class="icon-button about-button" aria-label={about.title} onClick={() => ask(true)}>
              <Icon of={Info} />
            </button>
          </>
        }
      />
      {asked && (
        <Dialog title={about.title} close={() => ask(false)}>
          <Facts row={row} />
          <div class="dialog-actions">
            <button type="button" class="button" onClick={() => ask(false)}>
              {about.close}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

/** The third column, where there is room for one. */
export function AboutPane({ row }: { row: SchoolRow }) {
  return (
    <aside class="about-pane" aria-label={about.title}>
      <h2>{about.title}</h2>
      <Facts row={row} />
    </aside>
  );
}

function Facts({ row }: { row: SchoolRow }) {
  const owner = ownerOf(row);
  return (
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
  );
}
