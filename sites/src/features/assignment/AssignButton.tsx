// Assigns a thread to a worker with one click, and offers to undo it.

import { ChevronDown } from "lucide";
import { useRef, useState } from "preact/hooks";
import { offerUndo } from "../app/offer-undo";
import { useAction } from "../app/use-action";
import { Icon } from "../../ui/Icon";
import { lazyPage } from "../app/lazy-page";
import { toast } from "../../ui/toast";
import { shortcut } from "../../browser/single-keys";
import { useCloseOutside } from "../../ui/use-close-outside";
import type { SchoolRow } from "../../api/protocol";
import { session } from "../../sync/store";
import { pageMessages } from "../../i18n/page-messages";
import { workerName } from "../inbox/names";

const { assignment: texts } = pageMessages;
const AssignMenu = lazyPage(() => import("./AssignMenu").then((part) => part.AssignMenu));

export function AssignButton({ row }: { row: SchoolRow }) {
  const [open, setOpen] = useState(false);
  const [busy, run] = useAction();
  const container = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = (focus: boolean) => {
    setOpen(false);
    if (focus) button.current?.focus();
  };
  useCloseOutside(container, open, () => close(false));
  const choose = (worker: string | null) => {
    close(true);
    run(() => assign(row, worker));
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- hears the keys of the button and the menu in it
    <div
      class="menu-anchor"
      ref={container}
      onKeyDown={(event) => {
        if (event.key === "ArrowDown" || event.key === "ArrowUp") moveFocus(event, container.current);
        if (event.key !== "Escape" || !open) return;
        event.preventDefault(); // the focus stays in the thread
        close(true);
      }}
    >
      <button
        type="button"
        ref={button}
        class="button"
        aria-expanded={open}
        aria-keyshortcuts={shortcut("o")}
        data-menu-key={row.worker ? shortcut("t") : undefined}
        aria-disabled={busy}
        onClick={() => setOpen(!open)}
      >
        {row.worker ? texts.with(workerName(row.worker)) : texts.assign}
        <Icon of={ChevronDown} size={16} />
      </button>
      {open && <AssignMenu row={row} choose={choose} />}
    </div>
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

function moveFocus(event: KeyboardEvent, container: HTMLElement | null): void {
  const items = [...(container?.querySelectorAll<HTMLElement>(".menu button:not(:disabled), .menu a") ?? [])];
  if (items.length === 0) return;
  event.preventDefault();
  const current = items.indexOf(document.activeElement as HTMLElement);
  const next = current + (event.key === "ArrowDown" ? 1 : -1);
  items[(next + items.length) % items.length]?.focus();
}
