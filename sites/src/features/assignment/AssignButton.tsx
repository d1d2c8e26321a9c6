// Assigns a thread to a worker with one click, and offers to undo it.

import { ChevronDown } from "lucide";
import { offerUndo } from "../app/offer-undo";
import { useAction } from "../app/use-action";
import { Icon } from "../../ui/Icon";
import { MenuButton } from "../../ui/MenuButton";
import { lazyPage } from "../app/lazy-page";
import { toast } from "../../ui/toast";
import { shortcut } from "../../browser/single-keys";
import type { SchoolRow } from "../../api/protocol";
import { session } from "../../sync/store";
import { pageMessages } from "../../i18n/page-messages";
import { workerName } from "../inbox/names";

const { assignment: texts } = pageMessages;
const AssignMenu = lazyPage(() => import("./AssignMenu").then((part) => part.AssignMenu));

export function AssignButton({ row }: { row: SchoolRow }) {
  const [busy, run] = useAction();
  return (
    <MenuButton
      label={
        <>
          {row.worker ? texts.with(workerName(row.worker)) : texts.assign}
          <Icon of={ChevronDown} size={16} />
        </>
      }
      shortcut={shortcut("o")}
      itemShortcut={row.worker ? shortcut("t") : undefined}
      busy={busy}
    >
      {(close) => (
        <AssignMenu
          row={row}
          choose={(worker) => {
            close();
            run(() => assign(row, worker));
          }}
        />
      )}
    </MenuButton>
  );
}

/**
 * Assigns a thread, or takes it back, and offers to undo it. The row changes when the server confirms it.
 */
async function assign(row: SchoolRow, worker: string | null): Promise<void> {
  await callAssign(row.id, worker);
  const text = worker ? texts.assigned(workerName(worker)) : texts.takenBack;
  const canUndo = worker !== null || row.state === "open";
  if (canUndo) offerUndo(text, () => callAssign(row.id, row.worker));
  else toast(text);
}

const callAssign = (id: string, worker: string | null): Promise<unknown> =>
  worker ? session.call("offloadThread", { worker }, id) : session.call("takeBackThread", {}, id);
