// A button above the inbox, and the dialog in which a school gives several threads away at once.

import { Users } from "lucide";
import { useMemo, useRef, useState } from "preact/hooks";
import { errorMessage } from "../../api/client";
import type { SchoolRow } from "../../api/protocol";
import { pageMessages } from "../../i18n/page-messages";
import { isReceived } from "../../sync/inbox-status";
import { peekThread, session, team, thread } from "../../sync/store";
import { loadTeam, refresh } from "../../sync/sync";
import { loadedList, type ListQuery } from "../../sync/thread-lists";
import { Dialog } from "../../ui/Dialog";
import { Form } from "../../ui/Form";
import { Icon } from "../../ui/Icon";
import { overlay } from "../../ui/Overlay";
import { toast } from "../../ui/toast";
import { toggled } from "../../ui/toggled";
import { tellsOwner } from "../hidden-words/find-personal-data";
import { ownerName, ownerOf, workerName } from "../inbox/names";
import { byLoad } from "./by-load";
import { type Gift, giveAll, spread } from "./bulk-assign";

const { bulkAssign: texts, assignment } = pageMessages;
/** The rows that are offered: those at the top of the list. */
const MOST = 50;
const SPREAD = "";

export function BulkAssignButton({ list }: { list: ListQuery }) {
  const rows = assignable(list);
  if (rows.length < 2 || !team.value?.workers.some((worker) => worker.joined)) return null;
  const open = () => {
    void refresh(loadTeam()); // their loads as of now
    overlay.value = <BulkAssignDialog rows={rows} close={() => (overlay.value = null)} />;
  };
  return (
    <button type="button" class="button quiet" onClick={open}>
      <Icon of={Users} size={16} />
      {texts.open}
    </button>
  );
}

/** The open threads at the top of a list, as they are now. */
function assignable(list: ListQuery): readonly SchoolRow[] {
  const rows = (loadedList(list)?.ids.value ?? []).slice(0, MOST).map((id) => thread(id).row);
  return rows.filter((row): row is SchoolRow => row !== undefined && isReceived(row) && row.state === "open");
}

type Stage = "choosing" | "running" | "done";

interface DialogProps {
  /** As they were when the dialog was opened: none moves while a person chooses. */
  rows: readonly SchoolRow[];
  close: () => void;
}

function BulkAssignDialog({ rows, close }: DialogProps) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [worker, setWorker] = useState(SPREAD);
  const [stage, setStage] = useState<Stage>("choosing");
  const [progress, setProgress] = useState({ done: 0, of: 0 });
  const [failures, setFailures] = useState<readonly string[]>([]);
  const [given, setGiven] = useState<readonly (Gift & { before: string | null })[]>([]);
  const stop = useRef(new AbortController());
  const telling = useMemo(
    () => new Set(rows.filter((row) => !row.hides && tellsOwner(row, ownerOf(row), [])).map(({ id }) => id)),
    [rows],
  );
  const workers = byLoad(team.value?.workers ?? []);

  const run = async (gifts: readonly Gift[], give: (gift: Gift) => Promise<unknown>) => {
    stop.current = new AbortController();
    setStage("running");
    setFailures([]);
    setProgress({ done: 0, of: gifts.length });
    const onEach = ({ thread: id }: Gift, error: unknown) => {
      setProgress(({ done, of }) => ({ done: done + 1, of }));
      if (error !== null)
        setFailures((all) => [...all, texts.failed(peekThread(id).row?.subject ?? "", errorMessage(error))]);
    };
    const succeeded = await giveAll(gifts, give, onEach, stop.current.signal);
    setStage("done");
    return succeeded;
  };
  const assign = async () => {
    const hands = worker === SPREAD ? workers.filter(({ available }) => available) : [{ id: worker, load: 0 }];
    if (chosen.size === 0) return { form: texts.chooseSome };
    if (hands.length === 0) return { form: texts.nobody };
    const moves = rows.filter(({ id, worker: has }) => chosen.has(id) && (worker === SPREAD || has !== worker));
    const before = new Map(moves.map((row) => [row.id, row.worker]));
    const gifts = spread([...before.keys()], hands);
    const done = await run(gifts, (gift) => session.call("offloadThread", { worker: gift.worker }, gift.thread));
    setGiven(done.map((gift) => ({ ...gift, before: before.get(gift.thread) ?? null })));
  };
  const undo = async () => {
    const before = new Map(given.map((gift) => [gift.thread, gift.before]));
    setGiven([]);
    await run(given, ({ thread: id }) => {
      const hand = before.get(id);
      return hand ? session.call("offloadThread", { worker: hand }, id) : session.call("takeBackThread", {}, id);
    });
  };
  const leave = () => {
    if (stage === "running") toast(texts.stopped(progress.done, progress.of));
    stop.current.abort();
    close();
  };
  const toggle = (id: string) => setChosen((ids) => toggled(ids, id));

  return (
    <Dialog title={texts.title} closeLabel={texts.close} onClose={leave}>
      {stage === "choosing" ? (
        <Form submit={assign} describeError={errorMessage} submitLabel={texts.give(chosen.size)}>
          <div class="field">
            <label for="bulk-to">{texts.to}</label>
            <select id="bulk-to" value={worker} onChange={(event) => setWorker(event.currentTarget.value)}>
              <option value={SPREAD}>{texts.spread}</option>
              {workers.map(({ id, name, load, waiting }) => (
                <option key={id} value={id}>
                  {`${name} · ${assignment.load(load, waiting)}`}
                </option>
              ))}
            </select>
          </div>
          <fieldset class="bulk-rows">
            <legend>{texts.which}</legend>
            <label>
              <input
                type="checkbox"
                checked={chosen.size === rows.length}
                onChange={() => setChosen(new Set(chosen.size === rows.length ? [] : rows.map(({ id }) => id)))}
              />
              <span>{texts.all(rows.length)}</span>
            </label>
            {rows.map((row) => (
              <label key={row.id}>
                <input type="checkbox" checked={chosen.has(row.id)} onChange={() => toggle(row.id)} />
                <bdi>{row.subject}</bdi>
                <span class="hint">
                  <bdi>{ownerName(row)}</bdi> ·{" "}
                  {row.worker ? assignment.with(workerName(row.worker)) : assignment.withUs}
                  {telling.has(row.id) && ` · ${pageMessages.hiddenWords.tells}`}
                </span>
              </label>
            ))}
          </fieldset>
        </Form>
      ) : (
        <>
          <p role="status">{texts.progress(progress.done, progress.of)}</p>
          <progress class="bulk-progress" value={progress.done} max={progress.of} aria-label={texts.title} />
          {failures.length > 0 && (
            <ul class="bulk-failures" role="alert">
              {failures.map((text) => (
                <li key={text} dir="auto">
                  {text}
                </li>
              ))}
            </ul>
          )}
          <div class="dialog-actions">
            {stage === "running" ? (
              <button type="button" class="button" onClick={() => stop.current.abort()}>
                {texts.stop}
              </button>
            ) : (
              <>
                {given.length > 0 && (
                  <button type="button" class="button" onClick={() => void undo()}>
                    {texts.undo}
                  </button>
                )}
                <button type="button" class="button primary" onClick={leave}>
                  {texts.close}
                </button>
              </>
            )}
          </div>
        </>
      )}
    </Dialog>
  );
}
