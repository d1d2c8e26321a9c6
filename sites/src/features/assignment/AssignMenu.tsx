// The workers who can take a thread: those who had it before and the least loaded first, each with how many they handle.
// And the way to take the thread back.

import { useEffect, useRef } from "preact/hooks";
import { Avatar } from "../../ui/Avatar";
import { Skeleton } from "../../ui/Skeleton";
import type { SchoolRow } from "../../api/protocol";
import type { WorkerCard } from "../../api/types";
import { loadTeam, refresh } from "../../sync/sync";
import { href } from "../../browser/route";
import { shortcut } from "../../browser/single-keys";
import { useHiddenWords } from "../../sync/hidden-words";
import { loadedNotes, loadInternalNotes } from "../../sync/load-internal-notes";
import { internalNotes, internalNotesErrors, team } from "../../sync/store";
import { pageMessages } from "../../i18n/page-messages";
import { HideWordsButton } from "../hidden-words/open-dialog";
import { tellsOwner } from "../hidden-words/find-personal-data";
import { ownerOf } from "../inbox/names";
import { byLoad } from "./by-load";
import { type Past, pastOfThread } from "./past-of-thread";

const { assignment: texts } = pageMessages;

export function AssignMenu({ row, choose }: { row: SchoolRow; choose: (worker: string | null) => void }) {
  const entries = internalNotes.value.get(row.id);
  // Nothing may move while a person chooses: the order waits for what is known of this thread alone.
  const isKnown = (entries && loadedNotes.value.has(row.id)) || internalNotesErrors.value.has(row.id);
  const past = pastOfThread(entries ?? []);
  const joined = byLoad(team.value?.workers ?? [], past);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    void refresh(loadTeam()); // their loads as of now
    if (!isKnown) void refresh(loadInternalNotes(row.id));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- as the menu opens
  }, []);
  useEffect(() => {
    if (isKnown) list.current?.querySelector<HTMLElement>("button:enabled, a")?.focus();
  }, [isKnown]);
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
      {!ended && !isKnown && <Skeleton label={texts.loading} lines={joined.length} />}
      {!ended &&
        isKnown &&
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
            <span class="menu-note">
              {worker.id === row.worker ? texts.current : noteText(worker, past.get(worker.id))}
            </span>
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
      {!ended && joined.length > 0 && tellsOwner(row, ownerOf(row), hidden) && (
        <p class="menu-text">
          {pageMessages.hiddenWords.named} <HideWordsButton row={row} class="link" />
        </p>
      )}
    </div>
  );
}

const PAST: Readonly<Record<Past, string>> = { had: texts.hadBefore, handedBack: texts.handedItBack };

const noteText = (worker: WorkerCard, past: Past | undefined): string =>
  [past && PAST[past], texts.load(worker.load, worker.waiting), !worker.available && texts.unavailable]
    .filter(Boolean)
    .join(" · ");
