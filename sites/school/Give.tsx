// Giving a thread to a worker is one click among those who can take it, with what each holds, and can be undone at once.

import { ChevronDown } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { useAct } from "../common/parts/bits";
import { Icon } from "../common/parts/Icon";
import { later } from "../common/parts/later";
import { toast } from "../common/parts/Toasts";
import type { SchoolRow } from "../common/protocol";
import { session } from "../common/session";
import { words } from "../common/words";
import { workerName } from "./people";

const { hands } = words;
const GiveMenu = later(() => import("./GiveMenu").then((part) => part.GiveMenu));

export function Give({ row }: { row: SchoolRow }) {
  const [open, setOpen] = useState(false);
  const [busy, act] = useAct();
  const place = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = (focus: boolean) => {
    setOpen(false);
    if (focus) button.current?.focus();
  };
  useEffect(() => {
    if (!open) return;
    const outside = (event: Event) => !place.current?.contains(event.target as Node) && close(false);
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("focusin", outside);
    };
  }, [open]);
  const choose = (worker: string | null) => {
    close(true);
    act(() => move(row, worker));
  };
  return (
    <div
      class="menu-place"
      ref={place}
      onKeyDown={(event) => {
        if (event.key === "Escape" && open) close(true);
        if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event, place.current);
      }}
    >
      <button
        type="button"
        ref={button}
        class="button"
        aria-expanded={open}
        aria-disabled={busy}
        onClick={() => setOpen(!open)}
      >
        {row.worker ? hands.with(workerName(row.worker)) : hands.give}
        <Icon of={ChevronDown} size={16} />
      </button>
      {open && <GiveMenu row={row} choose={choose} />}
    </div>
  );
}

/** Move a thread and offer, for five seconds, to move it back where it was. Its row changes when the server says so. */
async function move(row: SchoolRow, worker: string | null): Promise<void> {
  await put(row.id, worker);
  const said = worker ? hands.given(workerName(worker)) : hands.taken;
  const canUndo = worker !== null || row.state === "open";
  toast(said, canUndo ? { label: hands.undo, run: () => void put(row.id, row.worker).catch(() => undefined) } : undefined);
}

const put = (id: string, worker: string | null): Promise<unknown> =>
  worker ? session.call("offloadThread", { worker }, id) : session.call("takeBackThread", {}, id);

function step(event: KeyboardEvent, place: HTMLElement | null): void {
  const items = [...(place?.querySelectorAll<HTMLElement>(".menu button:not(:disabled), .menu a") ?? [])];
  if (items.length === 0) return;
  event.preventDefault();
  const at = items.indexOf(document.activeElement as HTMLElement);
  const next = at + (event.key === "ArrowDown" ? 1 : -1);
  items[(next + items.length) % items.length]?.focus();
}
