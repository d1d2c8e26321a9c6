// A thread is raised once: its key is kept with the draft, so that trying again after a lost answer finds the same thread.

import { ArrowLeft } from "lucide";
import { useRef, useState } from "preact/hooks";
import { say } from "../api";
import { load } from "../fold";
import { randomKey } from "../outbox";
import { Empty, MeterLine, Skeleton, useAct } from "../parts/bits";
import { Icon, Monogram } from "../parts/Icon";
import { type RaiserRow, type SchoolCard, SUBJECT_POINTS, TEXT_POINTS } from "../protocol";
import { address, go, route } from "../route";
import { schools, session, view } from "../session";
import { brief } from "../time";
import { words } from "../words";
import { raisedRows, schoolName, schoolOf } from "./names";
import { endThread } from "./RaisedThread";

interface Draft {
  key: string;
  subject: string;
  text: string;
}

/** `threads` is the page that shows what was raised. */
export function RaisePage({ threads }: { threads: string }) {
  const school = schoolOf(route.value.id);
  if (!schools.value) return <Skeleton label={words.schools.loading} />;
  return (
    <div class="page">
      <p>
        <a class="back-link" href={address("schools")}>
          <Icon of={ArrowLeft} size={18} />
          {words.schools.title}
        </a>
      </p>
      {school ? <Form key={school.id} school={school} threads={threads} /> : <Missing />}
    </div>
  );
}

const Missing = () => <Empty title={words.thread.gone} text={words.thread.goneText} />;

function Form({ school, threads }: { school: SchoolCard; threads: string }) {
  const place = `raise:${school.id}`;
  const [draft, setDraft] = useState(() => read(session.drafts.get(place)));
  const [wrong, setWrong] = useState<{ subject?: string; text?: string; all?: string }>({});
  const [busy, act] = useAct();
  const form = useRef<HTMLFormElement>(null);
  const meter = view.value.meter;
  const full = meter !== null && meter.open >= meter.most;
  const left = TEXT_POINTS - [...draft.text].length;

  const change = (changed: Partial<Draft>) => {
    const next = { ...draft, ...changed };
    setDraft(next);
    session.drafts.set(place, next.subject || next.text ? JSON.stringify(next) : "");
  };
  const raise = async () => {
    const found = check(draft);
    setWrong(found);
    const first = found.subject ? "subject" : found.text ? "text" : null;
    if (first) return form.current?.querySelector<HTMLElement>(`[name=${first}]`)?.focus();
    try {
      const subject = draft.subject.trim().replace(/\s+/g, " ");
      const listed = await session.call("raiseThread", { ...draft, subject, text: draft.text.trim(), school: school.id });
      view.value = load(view.peek(), listed);
      session.drafts.set(place, "");
      go(threads, listed.row.id, { replace: true });
    } catch (error) {
      setWrong({ all: `${say(error)} ${words.raise.kept}` });
    }
  };

  return (
    <>
      <div class="page-head">
        <Monogram name={school.name} />
        <h1 class="page-title" tabIndex={-1}>
          {words.raise.title(school.name)}
        </h1>
      </div>
      {school.about && <p class="muted">{school.about}</p>}
      <MeterLine />
      {full && <Five threads={threads} />}
      <form
        ref={form}
        class="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          act(raise);
        }}
      >
        <div class="field">
          <label for="subject">{words.raise.about}</label>
          <p class="hint" id="subject-hint">
            {words.raise.aboutHint}
          </p>
          <input
            id="subject"
            name="subject"
            dir="auto"
            value={draft.subject}
            autocomplete="off"
            aria-describedby="subject-hint subject-wrong"
            aria-invalid={wrong.subject !== undefined}
            onInput={(event) => change({ subject: event.currentTarget.value })}
          />
          <p class="wrong" id="subject-wrong">
            {wrong.subject}
          </p>
        </div>
        <div class="field">
          <label for="text">{words.raise.happened}</label>
          <textarea
            id="text"
            name="text"
            dir="auto"
            rows={7}
            value={draft.text}
            aria-describedby="text-wrong"
            aria-invalid={wrong.text !== undefined}
            onInput={(event) => change({ text: event.currentTarget.value })}
          />
          <p class="wrong" id="text-wrong">
            {wrong.text ?? (left < 400 ? words.composer.left(left) : "")}
          </p>
        </div>
        {wrong.all && (
          <p class="wrong" role="alert">
            {wrong.all}
          </p>
        )}
        <button type="submit" class="button primary" disabled={busy || full}>
          {busy ? words.raise.sending : words.raise.send}
        </button>
      </form>
    </>
  );
}

/** The five that are open, the ones that look settled first: the school had the last word, longest ago. */
function Five({ threads }: { threads: string }) {
  const [busy, act] = useAct();
  const open = raisedRows().filter((row) => row.state === "open");
  const settled = (row: RaiserRow) => (row.last?.side === "school" ? 0 : 1);
  open.sort((a, b) => settled(a) - settled(b) || a.at - b.at);
  return (
    <section class="five" aria-label={words.raise.fiveTitle}>
      <p class="strong">{words.refusals.five_threads}</p>
      <ul>
        {open.map((row) => (
          <li key={row.id}>
            <div>
              <a href={address(threads, row.id)}>
                {row.subject}
              </a>
              <p class="muted">
                {words.raise.lastFrom(
                  row.last?.side === "school" ? schoolName(row) : words.raise.fromYou,
                  brief(row.at, Date.now()),
                )}
              </p>
            </div>
            <button type="button" class="button" disabled={busy} onClick={() => act(() => endThread(row))}>
              {words.end.action}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function check({ subject, text }: Draft): { subject?: string; text?: string } {
  const long = [...subject.trim()].length > SUBJECT_POINTS;
  return {
    ...(subject.trim() === "" ? { subject: words.raise.aboutMissing } : long ? { subject: words.raise.aboutLong } : {}),
    ...(text.trim() === ""
      ? { text: words.raise.textMissing }
      : [...text.trim()].length > TEXT_POINTS
        ? { text: words.refusals.too_large }
        : {}),
  };
}

function read(stored: string): Draft {
  const fresh = { key: randomKey(), subject: "", text: "" };
  try {
    return stored ? { ...fresh, ...(JSON.parse(stored) as Draft) } : fresh;
  } catch {
    return fresh;
  }
}
