// A worker's threads, under aliases that say nothing of who asked.

import { Undo2 } from "lucide";
import type { Message } from "../common/arrange";
import { BesideButton, BesidePane } from "../common/parts/Beside";
import { Empty, useAct } from "../common/parts/bits";
import { confirm } from "../common/parts/Dialog";
import { Icon } from "../common/parts/Icon";
import { later } from "../common/parts/later";
import { Panes } from "../common/parts/Panes";
import { More, ThreadList } from "../common/parts/ThreadList";
import { NoThread, ThreadPane } from "../common/parts/ThreadPane";
import { toast } from "../common/parts/Toasts";
import type { Row, WorkerRow } from "../common/protocol";
import { go, route } from "../common/route";
import { me, rows, session } from "../common/session";
import { words } from "../common/words";
import { Availability } from "./Availability";
import { tells } from "./telling";

const About = later(() => import("./About").then((part) => part.About));

const isHandled = (row: Row): row is WorkerRow => row.as === "worker";
const alias = (row: Row): string => (isHandled(row) ? row.alias : "");

export function DeskPage() {
  const { id } = route.value;
  const found = rows.value.filter(isHandled);
  const row = found.find((row) => row.id === id);
  return (
    <Panes
      title={words.nav.threads}
      beside={<Availability />}
      list={<List found={found} />}
      thread={
        row ? <Handled key={id} row={row} /> : <NoThread title={words.threads.pick} text={words.desk.pickText} />
      }
      about={
        row && (
          <BesidePane>
            <About key={id} row={row} />
          </BesidePane>
        )
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
      mayLeave={tellsNobody}
      actions={
        <>
          <button type="button" class="button" aria-disabled={busy} onClick={() => act(() => handBack(row))}>
            <Icon of={Undo2} size={18} />
            {words.hands.handBack}
          </button>
          <BesideButton id={row.id}>
            <About row={row} />
          </BesideButton>
        </>
      }
    />
  );
}

/** A worker reads sides: the requester, itself, and its school without names. */
function author(message: Message): string | null {
  if (message.as !== "worker" || message.side === "raiser") return null;
  return message.mine ? words.thread.you : words.thread.ourSchool;
}

/** Whether a message says nothing of who writes it, or they want it to. */
async function tellsNobody(text: string): Promise<boolean> {
  const found = me.peek() ? tells(text, me.peek() as { name: string; email: string }) : [];
  if (found.length === 0) return true;
  const { telling } = (await import("../common/words-more")).more;
  const what = found.map((tell) => telling.what[tell]).reduce((one, other) => telling.and(one, other));
  return confirm({ title: telling.title, text: telling.text(what), yes: telling.send, no: telling.change, better: "no" });
}

async function handBack(row: WorkerRow): Promise<void> {
  const { hands } = words;
  const question = { title: hands.handBackTitle, text: hands.handBackText, yes: hands.handBack, no: hands.keep };
  if (!(await confirm(question))) return;
  await session.call("handBackThread", {}, row.id);
  toast(hands.handedBack);
  if (route.peek().id === row.id) go("threads", "", { replace: true });
}
