// A thread is raised once. While its answer is lost, the form keeps the text, and the next try repeats the first one first.

import { ArrowLeft } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Account, Raised } from "../drafts/account";
import type { Fields } from "../drafts/draft-store";
import { cleanLine, cleanText } from "../drafts/text";
import { Empty, MeterLine, Skeleton, useAct } from "../parts/bits";
import { Field, toFirst, type Wrong } from "../parts/Field";
import { Icon, Monogram } from "../parts/Icon";
import { Aside, KeptTexts } from "../parts/writing";
import { toast } from "../parts/Toasts";
import { type SchoolCard, SUBJECT_POINTS, TEXT_POINTS } from "../protocol";
import { loadSchool } from "../resume";
import { address, go, route } from "../route";
import { account, schools, view } from "../session";
import { words } from "../words";
import { more } from "../words-more";
import { Five } from "./Five";
import { Hours } from "./Hours";
import { schoolOf } from "./names";

/** `threads` is the page that shows what was raised. */
export function RaisePage({ threads, title }: { threads: string; title: string }) {
  const { id } = route.value;
  const school = schoolOf(id);
  useEffect(() => void loadSchool(id).catch(() => undefined), [id]); // its hours and face as of now
  const mine = account.value;
  if (!schools.value || !mine) return <Skeleton label={more.schools.loading} />;
  return (
    <div class="page">
      <p>
        <a class="back-link" href={address("schools")}>
          <Icon of={ArrowLeft} size={18} />
          {title}
        </a>
      </p>
      {school ? <Ask key={school.id} school={school} threads={threads} mine={mine} /> : <Missing id={id} />}
    </div>
  );
}

const Missing = ({ id }: { id: string }) => (
  <Empty title={words.thread.gone} text={words.thread.goneText}>
    <KeptTexts id={id} why="gone" />
  </Empty>
);

interface AskProps {
  school: SchoolCard;
  threads: string;
  mine: Account;
}

function Ask({ school, threads, mine }: AskProps) {
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
      {school.takes ? (
        <Form school={school} threads={threads} mine={mine} />
      ) : (
        <Empty title={more.schools.shut} text={more.schools.shutText}>
          <KeptTexts id={school.id} why="gone" />
        </Empty>
      )}
    </>
  );
}

function Form({ school, threads, mine }: AskProps) {
  const place = `raise:${school.id}`;
  const draft = mine.drafts.of(place);
  const [wrong, setWrong] = useState<Wrong>({});
  const [busy, act] = useAct();
  const form = useRef<HTMLFormElement>(null);
  const meter = view.value.meter;
  const full = meter !== null && meter.open >= meter.most;
  const left = TEXT_POINTS - [...draft.text].length;
  const pending = mine.acts.items.value.find(({ kind, about }) => kind === "raise" && about === school.id);
  const unsure = !busy && pending?.unsure;

  const change = ({ text = draft.text, subject = draft.subject }: Partial<Fields>) => mine.drafts.write(place, { text, subject });
  const raise = async () => {
    const found = pending ? {} : check(draft); // what is pending goes first, as it was
    setWrong(found);
    if (!toFirst(form.current, found)) setWrong(told(await mine.raise(school.id)));
  };
  useFollowRaised(mine, school.id, threads);

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
        <Aside place={place} />
        {unsure && (
          <p class="wrong" role="alert">
            {more.raise.unsure} {isChanged(draft, pending) && more.raise.unsureText(pending.subject)}
          </p>
        )}
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

/** Go to the thread as soon as the server has it, whoever said so. */
function useFollowRaised(mine: Account, school: string, threads: string): void {
  const raised = mine.raised.value;
  const begun = useRef(raised);
  useEffect(() => {
    if (!raised || raised === begun.current || raised.school !== school) return;
    if (raised.changed) toast(more.raise.changed);
    go(threads, raised.thread, { replace: true });
  }, [raised]);
}

const isChanged = (draft: Fields, pending: Fields | undefined): pending is Fields =>
  pending !== undefined && (cleanText(draft.text) !== pending.text || cleanLine(draft.subject) !== pending.subject);

/** What to say of a raise that did not work out. That it is unsure is said as long as it is. */
function told(result: Raised): Wrong {
  if (result.t === "refused") return { all: `${result.sentence} ${more.raise.kept}` };
  if (result.t === "unreached") return { all: `${more.raise.unreached} ${more.raise.kept}` };
  return result.t === "changed" ? { all: words.composer.changed } : {};
}

function check({ subject, text }: Fields): Wrong {
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
