// A thread as its raiser sees it: the school, and nothing about its workers. Only here can a thread be ended or
// deleted.

import { Trash2 } from "lucide";
import { useAction } from "../app/use-action";
import { confirm } from "../../ui/ConfirmDialog";
import { Icon } from "../../ui/Icon";
import { confirmPersonalData } from "../personal-data/confirm-personal-data";
import { ThreadPane } from "../thread/ThreadPane";
import { toast } from "../../ui/toast";
import type { RaiserRow } from "../../api/protocol";
import { href, navigate, route } from "../../browser/route";
import { session } from "../../sync/store";
import { pageMessages } from "../../i18n/page-messages";
import { OpeningTime } from "./OfficeHours";
import { SettledQuestion } from "../settle/SettledQuestion";
import { schoolName, schoolOf } from "./raised-threads";

export function RaisedThread({ row }: { row: RaiserRow }) {
  const [busy, run] = useAction();
  const school = schoolName(row);
  const card = schoolOf(row.school);
  const open = row.state === "open";
  return (
    <ThreadPane
      row={row}
      otherName={school}
      subtitle={
        <>
          <bdi>{school}</bdi>
          {open && card && <OpeningTime {...card} />}
        </>
      }
      authorOf={() => null}
      confirmSend={(text) => confirmPersonalData(text, "raiser")}
      actions={
        open && (
          <button type="button" class="button" aria-disabled={busy} onClick={() => run(() => endThread(row))}>
            {pageMessages.endThread.action}
          </button>
        )
      }
      question={<SettledQuestion row={row} end={() => endThread(row)} />}
      afterEnd={
        <>
          {card?.takes && (
            <a class="button" href={href("schools", row.school)}>
              {pageMessages.raiseAgain}
            </a>
          )}
          <button
            type="button"
            class="button danger-quiet"
            aria-disabled={busy}
            onClick={() => run(() => deleteThread(row))}
          >
            <Icon of={Trash2} size={18} />
            {pageMessages.deleteThread.action}
          </button>
        </>
      }
    />
  );
}

/** Asks for a confirmation, and returns whether the thread has ended. It changes when the server confirms it. */
export async function endThread(row: RaiserRow): Promise<boolean> {
  const { endThread } = pageMessages;
  const question = {
    title: endThread.title,
    text: endThread.text(schoolName(row)),
    confirmLabel: endThread.action,
    cancelLabel: endThread.keep,
  };
  if (!(await confirm(question))) return false;
  await session.call("terminateThread", {}, row.id);
  return true;
}

async function deleteThread(row: RaiserRow): Promise<void> {
  const { deleteThread } = pageMessages;
  const question = {
    title: deleteThread.title,
    text: deleteThread.text(schoolName(row)),
    confirmLabel: deleteThread.action,
    cancelLabel: deleteThread.keep,
    danger: true,
  };
  if (!(await confirm(question))) return;
  await session.call("deleteThread", {}, row.id);
  toast(deleteThread.done);
  if (route.peek().id === row.id) navigate(route.peek().page, "", { replace: true });
}
