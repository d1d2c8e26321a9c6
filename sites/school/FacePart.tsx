// What people see of a school is written in one place. Only what was changed here is saved: another page, or a colleague,
// may have changed the rest.

import { useRef, useState } from "preact/hooks";
import { say } from "../common/api";
import { clockIn, dayName } from "../common/hours";
import { cleanLine, cleanText } from "../common/drafts/text";
import { useAct } from "../common/parts/bits";
import { Field, toFirst, type Wrong } from "../common/parts/Field";
import { toast } from "../common/parts/Toasts";
import type { Face, SchoolCard } from "../common/protocol";
import { renew } from "../common/resume";
import { session } from "../common/session";
import { more } from "../common/words-more";
import { HoursField } from "./HoursField";
import { toHours, toWeek, type Week } from "./week";

const { face, settings } = more;
const ABOUT_POINTS = 400;
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

interface Typed {
  name?: string;
  about?: string;
  zone?: string;
  week?: Week;
}

export function FacePart({ card }: { card: SchoolCard }) {
  const [changed, setChanged] = useState<Typed>({});
  const change = (more: Typed) => setChanged({ ...changed, ...more });
  const { name, about, zone, week } = { ...typedOf(card), ...changed };
  const [wrong, setWrong] = useState<Wrong>({});
  const [busy, act] = useAct();
  const form = useRef<HTMLFormElement>(null);
  const save = async () => {
    const checked = check({ name, about, zone }, toHours(week));
    setWrong(checked.wrong);
    if (toFirst(form.current, checked.wrong) || !checked.face) return;
    try {
      await session.call("setFace", onlyChanged(checked.face, changed));
      await renew("me");
      setChanged((now) => (now === changed ? {} : now)); // what was typed meanwhile is not saved yet
      toast(settings.saved);
    } catch (error) {
      setWrong({ all: say(error) });
    }
  };
  return (
    <section class="part">
      <h2>{face.title}</h2>
      <form
        ref={form}
        class="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          act(save);
        }}
      >
        <Field name="school" label={face.name} wrong={wrong["school"]}>
          {(named) => (
            <input {...named} value={name} maxLength={80} autocomplete="organization" onInput={(event) => change({ name: event.currentTarget.value })} />
          )}
        </Field>
        <Field name="about" label={face.about} hint={face.aboutHint} wrong={wrong["about"]}>
          {(named) => (
            <textarea {...named} rows={3} dir={about ? "auto" : undefined} value={about} onInput={(event) => change({ about: event.currentTarget.value })} />
          )}
        </Field>
        <HoursField week={week} change={(week) => change({ week })} />
        <Field name="zone" label={face.zone} wrong={wrong["zone"]}>
          {(named) => (
            <>
              <input {...named} value={zone} list="zones" autocomplete="off" spellcheck={false} onInput={(event) => change({ zone: event.currentTarget.value })} />
              <datalist id="zones">
                {Intl.supportedValuesOf("timeZone").map((name) => (
                  <option key={name} value={name} />
                ))}
              </datalist>
            </>
          )}
        </Field>
        {(wrong["all"] ?? wrong["week"]) && (
          <p class="wrong" role="alert">
            {wrong["all"] ?? wrong["week"]}
          </p>
        )}
        <button type="submit" class="button primary" aria-disabled={busy}>
          {settings.save}
        </button>
      </form>
    </section>
  );
}

const typedOf = (card: SchoolCard): Required<Typed> => ({
  name: card.name,
  about: card.about,
  zone: card.zone || here,
  week: toWeek(card.hours),
});

/** The fields that were changed on this page; hours are read by the clock of their zone, so it goes with them. */
function onlyChanged({ name, about, zone, hours }: Required<Face>, changed: Typed): Face {
  return {
    ...("name" in changed && { name }),
    ...("about" in changed && { about }),
    ...(("zone" in changed || "week" in changed) && { zone }),
    ...("week" in changed && { hours }),
  };
}

/** The face as it would be kept, or what is wrong with it. */
function check(typed: Omit<Required<Face>, "hours">, hours: ReturnType<typeof toHours>): { face?: Required<Face>; wrong: Wrong } {
  const name = cleanLine(typed.name);
  const about = cleanText(typed.about);
  const zone = cleanLine(typed.zone);
  const wrong: Wrong = {
    ...(name ? {} : { school: face.nameMissing }),
    ...([...about].length > ABOUT_POINTS ? { about: face.aboutLong } : {}),
    ...(zone && clockIn(zone, 0) ? {} : { zone: face.zoneWrong }),
  };
  if ("hours" in hours) return { wrong, face: { name, about, zone, hours: hours.hours } };
  const day = dayName(hours.day + 1);
  return { wrong: { ...wrong, week: hours.wrong === "span" ? face.wrongSpan(day) : face.overlap(day) } };
}
