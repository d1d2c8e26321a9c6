// The threads one has raised, open ones first, with how many of the five are open; the same for a user and for a school.

import { Plus } from "lucide";
import { Empty, MeterLine } from "../parts/bits";
import { Icon } from "../parts/Icon";
import { Panes } from "../parts/Panes";
import { More, ThreadList } from "../parts/ThreadList";
import { NoThread } from "../parts/ThreadPane";
import type { RaiserRow } from "../protocol";
import { address, route } from "../route";
import { rows } from "../session";
import { words } from "../words";
import { raisedRows, schoolName, schoolPicture } from "./names";
import { RaisedThread } from "./RaisedThread";

export interface Said {
  title: string;
  empty: string;
  emptyText: string;
  find: string;
}

export function RaisedThreads({ said }: { said: Said }) {
  const { page, id } = route.value;
  const found = raisedRows();
  const row = found.find((row) => row.id === id);
  return (
    <Panes
      title={said.title}
      beside={<MeterLine />}
      list={<List found={found} page={page} said={said} />}
      thread={
        row ? <RaisedThread key={id} row={row} /> : <NoThread title={words.threads.pick} text={words.threads.pickText} />
      }
    />
  );
}

function List({ found, page, said }: { found: RaiserRow[]; page: string; said: Said }) {
  const open = found.filter((row) => row.state === "open");
  const ended = found.filter((row) => row.state === "terminated");
  const shared = { page, who: schoolName, picture: schoolPicture, own: words.list.you };
  if (rows.value.length === 0 || found.length === 0)
    return (
      <Empty title={said.empty} text={said.emptyText}>
        <Find label={said.find} primary />
      </Empty>
    );
  return (
    <div class="list-body">
      {open.length > 0 && <ThreadList rows={open} label={words.list.open} {...shared} />}
      {ended.length > 0 && (
        <>
          <h2 class="list-part">{words.list.ended}</h2>
          <ThreadList rows={ended} label={words.list.ended} {...shared} />
        </>
      )}
      <More shelf="raised" />
      <Find label={said.find} />
    </div>
  );
}

function Find({ label, primary = false }: { label: string; primary?: boolean }) {
  return (
    <a class={primary ? "button primary" : "button quiet find"} href={address("schools")}>
      <Icon of={Plus} size={18} />
      {label}
    </a>
  );
}
