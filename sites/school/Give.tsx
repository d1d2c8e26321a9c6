// Giving a thread to a worker is one click among those who can take it, with what each holds, and can be undone at once.

import { ChevronDown } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { useAct } from "../common/parts/bits";
import { Icon, Monogram } from "../common/parts/Icon";
import { toast } from "../common/parts/Toasts";
import type { SchoolRow } from "../common/protocol";
import { loadTeam } from "../common/resume";
import { address } from "../common/route";
import { session, team } from "../common/session";
import { words } from "../common/words";
import { workerName } from "./people";

const { hands } = words;

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
    void loadTeam().catch(() => undefined); // the loads as of now
    const outside = (event: Event) => !place.current?.contains(event.target as Node) && close(false);
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    place.current?.querySelector<HTMLElement>(".menu button, .menu a")?.focus();
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
      {open && <Menu row={row} choose={choose} />}
    </div>
  );
}

function Menu({ row, choose }: { row: SchoolRow; choose: (worker: string | null) => void }) {
  const joined = team.value?.workers.filter((worker) => worker.joined) ?? [];
  const ended = row.state === "terminated";
  return (
    <div class="menu" role="group" aria-label={hands.menu}>
      <p class="menu-title">{hands.menu}</p>
      {joined.length === 0 && (
        <p class="menu-text">
          {hands.none} <a href={address("workers")}>{hands.invite}</a>
        </p>
      )}
      {!ended &&
        joined.map((worker) => (
          <button
            key={worker.id}
            type="button"
            class="menu-item"
            aria-pressed={worker.id === row.worker}
            disabled={worker.id === row.worker}
            onClick={() => choose(worker.id)}
          >
            <Monogram name={worker.name} />
            <span class="menu-name">{worker.name}</span>
            <span class="menu-note">{worker.id === row.worker ? hands.has : hands.load(worker.load)}</span>
          </button>
        ))}
      {row.worker && (
        <button type="button" class="menu-item take-back" onClick={() => choose(null)}>
          {hands.takeBack}
        </button>
      )}
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
