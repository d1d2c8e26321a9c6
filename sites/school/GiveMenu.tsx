// Who can take a thread, each with what they hold now; and the way back.

import { useEffect, useRef } from "preact/hooks";
import { Monogram } from "../common/parts/Icon";
import type { SchoolRow, WorkerCard } from "../common/protocol";
import { loadTeam } from "../common/resume";
import { address } from "../common/route";
import { team } from "../common/session";
import { words } from "../common/words";

const { hands } = words;

export function GiveMenu({ row, choose }: { row: SchoolRow; choose: (worker: string | null) => void }) {
  const joined = team.value?.workers.filter((worker) => worker.joined) ?? [];
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    void loadTeam().catch(() => undefined); // the loads as of now
    list.current?.querySelector<HTMLElement>("button, a")?.focus();
  }, []);
  const ended = row.state === "terminated";
  return (
    <div class="menu" ref={list} role="group" aria-label={hands.menu}>
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
            <span class="menu-note">{worker.id === row.worker ? hands.has : load(worker)}</span>
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

const load = (worker: WorkerCard): string =>
  worker.available ? hands.load(worker.load) : `${hands.load(worker.load)} · ${hands.away}`;
