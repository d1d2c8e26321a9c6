// The site of a worker: the threads their school gave them, under aliases that say nothing of who asked.

import { MessagesSquare, Undo2 } from "lucide";
import { Empty, useAct } from "../common/parts/bits";
import { confirm } from "../common/parts/Dialog";
import { Icon } from "../common/parts/Icon";
import { Panes } from "../common/parts/Panes";
import { SettingsPage, settingsTab } from "../common/parts/settings";
import { Shell, type Tab } from "../common/parts/Shell";
import { More, ThreadList } from "../common/parts/ThreadList";
import { NoThread, ThreadPane } from "../common/parts/ThreadPane";
import { toast } from "../common/parts/Toasts";
import type { Message } from "../common/arrange";
import type { Row, WorkerRow } from "../common/protocol";
import { go, route } from "../common/route";
import { rows, session } from "../common/session";
import { start } from "../common/start";
import { words } from "../common/words";

const tabs: readonly Tab[] = [{ page: "threads", label: words.nav.threads, icon: MessagesSquare }, settingsTab];

const isHandled = (row: Row): row is WorkerRow => row.as === "worker";
const alias = (row: Row): string => (isHandled(row) ? row.alias : "");

function Desk() {
  const { id } = route.value;
  const found = rows.value.filter(isHandled);
  const row = found.find((row) => row.id === id);
  return (
    <Panes
      title={words.nav.threads}
      list={<List found={found} />}
      thread={
        row ? <Handled key={id} row={row} /> : <NoThread title={words.threads.pick} text={words.threads.pickText} />
      }
    />
  );
}

function List({ found }: { found: WorkerRow[] }) {
  const open = found.filter((row) => row.state === "open");
  const ended = found.filter((row) => row.state === "terminated");
  const shared = { page: "threads", who: alias, own: words.list.us };
  if (found.length === 0) return <Empty title={words.desk.empty} text={words.desk.emptyText} />;
  return (
    <div class="list-body">
      {open.length > 0 && <ThreadList rows={open} label={words.list.open} {...shared} />}
      {ended.length > 0 && (
        <>
          <h3 class="list-part">{words.list.ended}</h3>
          <ThreadList rows={ended} label={words.list.ended} {...shared} />
        </>
      )}
      <More shelf="handled" />
    </div>
  );
}

function Handled({ row }: { row: WorkerRow }) {
  const [busy, act] = useAct();
  return (
    <ThreadPane
      row={row}
      who={row.alias}
      under={`${words.desk.requester} · ${row.alias}`}
      author={author}
      actions={
        <button type="button" class="button" aria-disabled={busy} onClick={() => act(() => handBack(row))}>
          <Icon of={Undo2} size={18} />
          {words.hands.handBack}
        </button>
      }
    />
  );
}

/** A worker reads sides: the requester, itself, and its school without names. */
function author(message: Message): string | null {
  if (message.as !== "worker" || message.side === "raiser") return null;
  return message.mine ? words.thread.you : words.thread.ourSchool;
}

async function handBack(row: WorkerRow): Promise<void> {
  const { hands } = words;
  const question = { title: hands.handBackTitle, text: hands.handBackText, yes: hands.handBack, no: hands.keep };
  if (!(await confirm(question))) return;
  await session.call("handBackThread", {}, row.id);
  toast(hands.handedBack);
  if (route.peek().id === row.id) go("threads", "", { replace: true });
}

function App() {
  return <Shell tabs={tabs}>{route.value.page === "settings" ? <SettingsPage /> : <Desk />}</Shell>;
}

start({ App, pages: tabs.map((tab) => tab.page), shelves: ["handled"] });
