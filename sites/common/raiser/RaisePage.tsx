// A thread is raised once: its key is kept with the draft, so that trying again after a lost answer finds the same thread.

import { ArrowLeft } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { say } from "../api";
import { load } from "../fold";
import { randomKey } from "../outbox";
import { Empty, MeterLine, Skeleton, useAct } from "../parts/bits";
import { Field, toFirst, type Wrong } from "../parts/Field";
import { Icon, Monogram } from "../parts/Icon";
import { type SchoolCard, SUBJECT_POINTS, TEXT_POINTS } from "../protocol";
import { loadSchool } from "../resume";
import { address, go, route } from "../route";
import { schools, session, view } from "../session";
import { words } from "../words";
import { more } from "../words-more";
import { Five } from "./Five";
import { Hours } from "./Hours";
import { schoolOf } from "./names";

interface Draft {
  key: string;
  subject: string;
  text: string;
}

/** `threads` is the page that shows what was raised. */
export function RaisePage({ threads, title }: { threads: string; title: string }) {
  const { id } = route.value;
  const school = schoolOf(id);
  useEffect(() => void loadSchool(id).catch(() => undefined), [id]); // its hours and face as of now
  if (!schools.value) return <Skeleton label={more.schools.loading} />;
  return (
    <div class="page">
      <p>
        <a class="back-link" href={address("schools")}>
          <Icon of={ArrowLeft} size={18} />
          {title}
        </a>
      </p>
      {school ? <Ask key={school.id} school={school} threads={threads} /> : <Missing />}
    </div>
  );
}

const Missing = () => <Empty title={words.thread.gone} text={words.thread.goneText} />;

function Ask({ school, threads }: { school: SchoolCard; threads: string }) {
  return (
    <>
      <div class="page-head">
        <Monogram name={school.name} picture={school.picture} />
        <h1 class="page-title" tabIndex={-1}>
          {more.raise.title(school.name)}
        </h1>
      </div>
      {school.about && <p class="about-text">{school.about}</p>}
      <Hours hours={school.hours} zone={school.zone} />
      {school.takes ? <Form school={school} threads={threads} /> : <Empty title={more.schools.shut} text={more.schools.shutText} />}
    </>
  );
}

function Form({ school, threads }: { school: SchoolCard; threads: string }) {
  const place = `raise:${school.id}`;
  const [draft, setDraft] = useState(() => read(session.drafts.get(place)));
  const [wrong, setWrong] = useState<Wrong>({});
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
    if (toFirst(form.current, found)) return;
    try {
      const subject = draft.subject.trim().replace(/\s+/g, " ");
      const listed = await session.call("raiseThread", { ...draft, subject, text: draft.text.trim(), school: school.id });
      view.value = load(view.peek(), listed);
      session.drafts.set(place, "");
      go(threads, listed.row.id, { replace: true });
    } catch (error) {
      setWrong({ all: `${say(error)} ${more.raise.kept}` });
    }
  };

  return (
    <>
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
        <Field name="subject" label={more.raise.about} hint={more.raise.aboutHint} wrong={wrong["subject"]}>
          {(named) => (
            <input
              {...named}
              dir={draft.subject ? "auto" : undefined}
              value={draft.subject}
              autocomplete="off"
              onInput={(event) => change({ subject: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field name="text" label={more.raise.happened} wrong={wrong["text"]} note={left < 400 ? words.composer.left(left) : ""}>
          {(named) => (
            <textarea
              {...named}
              dir={draft.text ? "auto" : undefined}
              rows={7}
              value={draft.text}
              onInput={(event) => change({ text: event.currentTarget.value })}
            />
          )}
        </Field>
        {wrong["all"] && (
          <p class="wrong" role="alert">
            {wrong["all"]}
          </p>
        )}
        <button type="submit" class="button primary" aria-disabled={busy}>
          {busy ? more.raise.sending : more.raise.send}
        </button>
      </form>
    </>
  );
}

function check({ subject, text }: Draft): Wrong {
  const long = [...subject.trim()].length > SUBJECT_POINTS;
  return {
    ...(subject.trim() === "" ? { subject: more.raise.aboutMissing } : long ? { subject: more.raise.aboutLong } : {}),
    ...(text.trim() === ""
      ? { text: more.raise.textMissing }
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
