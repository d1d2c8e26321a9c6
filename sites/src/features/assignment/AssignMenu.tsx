// The workers who can take a thread, the least loaded first, each with how many they handle, and the way to take the
// thread back.

import { useEffect, useRef } from "preact/hooks";
import { Avatar } from "../../ui/Avatar";
import type { SchoolRow } from "../../api/protocol";
import type { WorkerCard } from "../../api/types";
import { loadTeam, refresh } from "../../sync/sync";
import { href } from "../../browser/route";
import { shortcut } from "../../browser/single-keys";
import { useHiddenWords } from "../../sync/hidden-words";
import { team } from "../../sync/store";
import { pageMessages } from "../../i18n/page-messages";
import { HideWordsButton } from "../hidden-words/open-dialog";
import { tellsOwner } from "../hidden-words/find-personal-data";
import { ownerOf } from "../inbox/names";
import { byLoad } from "./by-load";

const { assignment: texts } = pageMessages;

export function AssignMenu({ row, choose }: { row: SchoolRow; choose: (worker: string | null) => void }) {
  const joined = byLoad(team.value?.workers ?? []);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    void refresh(loadTeam()); // their loads as of now
    list.current?.querySelector<HTMLElement>("button, a")?.focus();
  }, []);
  const hidden = useHiddenWords(row);
  const ended = row.state === "terminated";
  return (
    <div class="menu" ref={list} role="group" aria-label={texts.menu}>
      <p class="menu-title">{texts.menu}</p>
      {joined.length === 0 && (
        <p class="menu-text">
          {texts.none} <a href={href("workers")}>{texts.invite}</a>
        </p>
      )}
      {!ended && joined.length > 0 && tellsOwner(row, ownerOf(row), hidden) && (
        <p class="menu-text">
          {pageMessages.hiddenWords.named} <HideWordsButton row={row} class="link" />
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
            <Avatar name={worker.name} />
            <bdi class="menu-name">{worker.name}</bdi>
            <span class="menu-note">{worker.id === row.worker ? texts.current : loadText(worker)}</span>
          </button>
        ))}
      {row.worker && (
        <button
          type="button"
          class="menu-item take-back"
          aria-keyshortcuts={shortcut("t")}
          onClick={() => choose(null)}
        >
          {texts.takeBack}
        </button>
      )}
    </div>
  );
}

const loadText = (worker: WorkerCard): string =>
  [texts.load(worker.load, worker.waiting), !worker.available && texts.unavailable].filter(Boolean).join(" · ");
