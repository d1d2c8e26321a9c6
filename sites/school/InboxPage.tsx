// A school's day is one list: what is new, whose turn each thread is, and whose hands it is in.

import { useState } from "preact/hooks";
import { Empty } from "../common/parts/bits";
import { Panes } from "../common/parts/Panes";
import { More, ThreadList } from "../common/parts/ThreadList";
import { NoThread } from "../common/parts/ThreadPane";
import type { Row, SchoolRow } from "../common/protocol";
import { address, route } from "../common/route";
import { rows } from "../common/session";
import { words } from "../common/words";
import { isReceived, type Place, placeOf, PLACES } from "./inbox";
import { ownerName, workerName } from "./people";
import { AboutPane, Received } from "./Received";

const { inbox } = words;

export function InboxPage() {
  const { id } = route.value;
  const found = rows.value.filter(isReceived);
  const row = found.find((row) => row.id === id);
  return (
    <Panes
      title={words.nav.inbox}
      list={<List found={found} />}
      thread={
        row ? <Received key={id} row={row} /> : <NoThread title={words.threads.pick} text={inbox.pickText} />
      }
      about={row && <AboutPane row={row} />}
    />
  );
}

function List({ found }: { found: SchoolRow[] }) {
  const [place, setPlace] = useState<Place | "all">("all");
  const shown = place === "all" ? found : found.filter((row) => placeOf(row) === place);
  if (found.length === 0)
    return (
      <Empty title={inbox.empty} text={inbox.emptyText}>
        <a class="button primary" href={address("workers")}>
          {inbox.invite}
        </a>
      </Empty>
    );
  return (
    <div class="list-body">
      <fieldset class="filters">
        <legend class="sr">{inbox.show}</legend>
        {(["all", ...PLACES] as const).map((name) => (
          <label key={name} class="filter">
            <input type="radio" name="place" checked={place === name} onChange={() => setPlace(name)} />
            <span>
              {inbox[name]} <b>{name === "all" ? found.length : found.filter((row) => placeOf(row) === name).length}</b>
            </span>
          </label>
        ))}
      </fieldset>
      <ThreadList
        rows={shown}
        page="inbox"
        label={inbox[place]}
        who={(row) => (isReceived(row) ? ownerName(row) : "")}
        tag={(row) => <Tag row={row} />}
        own={words.list.us}
      />
      {shown.length === 0 && (
        <div class="empty small">
          <p>{inbox.emptyFilter}</p>
          <button type="button" class="button quiet" onClick={() => setPlace("all")}>
            {inbox.showAll}
          </button>
        </div>
      )}
      <More shelf="received" />
    </div>
  );
}

function Tag({ row }: { row: Row }) {
  if (!isReceived(row)) return null;
  const place = placeOf(row);
  if (row.worker) return <span class="tag">{inbox.with(workerName(row.worker))}</span>;
  if (place === "new") return <span class="tag fresh">{inbox.new}</span>;
  return place === "ended" ? <span class="tag">{inbox.ended}</span> : null;
}
