// A thread as whoever raised it reads it: the school and nothing behind it. Only here can a thread be ended or deleted.

import { Trash2 } from "lucide";
import { useAct } from "../parts/bits";
import { confirm } from "../parts/Dialog";
import { Icon } from "../parts/Icon";
import { ThreadPane } from "../parts/ThreadPane";
import { toast } from "../parts/Toasts";
import type { RaiserRow } from "../protocol";
import { address, go, route } from "../route";
import { session } from "../session";
import { words } from "../words";
import { schoolName, schoolOf } from "./names";

export function RaisedThread({ row }: { row: RaiserRow }) {
  const [busy, act] = useAct();
  const school = schoolName(row);
  const open = row.state === "open";
  return (
    <ThreadPane
      row={row}
      who={school}
      under={school}
      author={() => null}
      actions={
        open && (
          <button type="button" class="button" aria-disabled={busy} onClick={() => act(() => endThread(row))}>
            {words.end.action}
          </button>
        )
      }
      afterEnd={
        <>
          {schoolOf(row.school)?.takes && (
            <a class="button" href={address("schools", row.school)}>
              {words.again}
            </a>
          )}
          <button type="button" class="button danger-quiet" aria-disabled={busy} onClick={() => act(() => deleteThread(row))}>
            <Icon of={Trash2} size={18} />
            {words.remove.action}
          </button>
        </>
      }
    />
  );
}

/** Asks once and says what it means; the thread changes when the server says so. */
export async function endThread(row: RaiserRow): Promise<void> {
  const { end } = words;
  const question = { title: end.title, text: end.text(schoolName(row)), yes: end.action, no: end.keep };
  if (await confirm(question)) await session.call("terminateThread", {}, row.id);
}

async function deleteThread(row: RaiserRow): Promise<void> {
  const { remove } = words;
  const question = { title: remove.title, text: remove.text(schoolName(row)), yes: remove.action, no: remove.keep, danger: true };
  if (!(await confirm(question))) return;
  await session.call("deleteThread", {}, row.id);
  toast(remove.done);
  if (route.peek().id === row.id) go(route.peek().page, "", { replace: true });
}
