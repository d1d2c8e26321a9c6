// A thread is raised once: its key is kept with the draft, so that trying again after a lost answer finds the same thread.

import { ArrowLeft } from "lucide";
import { useRef, useState } from "preact/hooks";
import { say } from "../api";
import { load } from "../fold";
import { randomKey } from "../outbox";
import { Empty, MeterLine, Skeleton, useAct } from "../parts/bits";
import { Icon, Monogram } from "../parts/Icon";
import { type SchoolCard, SUBJECT_POINTS, TEXT_POINTS } from "../protocol";
import { address, go, route } from "../route";
import { schools, session, view } from "../session";
import { words } from "../words";
import { Five } from "./Five";
import { schoolOf } from "./names";

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
      {full && <Five threads={threads} kept={draft.subject !== "" || draft.text !== ""} />}
      <form
        ref={form}
        class="form"
        hidden={full}
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
            dir={draft.subject ? "auto" : undefined}
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
            dir={draft.text ? "auto" : undefined}
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
        <button type="submit" class="button primary" aria-disabled={busy}>
          {busy ? words.raise.sending : words.raise.send}
        </button>
      </form>
    </>
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
