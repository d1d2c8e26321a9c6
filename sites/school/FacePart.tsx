// What people see of a school is written in one place and saved as a whole.

import { useRef, useState } from "preact/hooks";
import { say } from "../common/api";
import { clockIn, dayName } from "../common/hours";
import { useAct } from "../common/parts/bits";
import { Field, toFirst, type Wrong } from "../common/parts/Field";
import { toast } from "../common/parts/Toasts";
import type { Face, SchoolCard } from "../common/protocol";
import { renew } from "../common/resume";
import { session } from "../common/session";
import { more } from "../common/words-more";
import { HoursField } from "./HoursField";
import { toHours, toWeek } from "./week";

const { face, settings } = more;
const ABOUT_POINTS = 400;
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function FacePart({ card }: { card: SchoolCard }) {
  const [name, setName] = useState(card.name);
  const [about, setAbout] = useState(card.about);
  const [week, setWeek] = useState(() => toWeek(card.hours));
  const [zone, setZone] = useState(card.zone || here);
  const [wrong, setWrong] = useState<Wrong>({});
  const [busy, act] = useAct();
  const form = useRef<HTMLFormElement>(null);
  const save = async () => {
    const checked = check({ name, about, zone }, toHours(week));
    setWrong(checked.wrong);
    if (toFirst(form.current, checked.wrong) || !checked.face) return;
    try {
      await session.call("setFace", checked.face);
      await renew("me");
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
            <input {...named} value={name} maxLength={80} autocomplete="organization" onInput={(event) => setName(event.currentTarget.value)} />
          )}
        </Field>
        <Field name="about" label={face.about} hint={face.aboutHint} wrong={wrong["about"]}>
          {(named) => (
            <textarea {...named} rows={3} dir={about ? "auto" : undefined} value={about} onInput={(event) => setAbout(event.currentTarget.value)} />
          )}
        </Field>
        <HoursField week={week} change={setWeek} />
        <Field name="zone" label={face.zone} wrong={wrong["zone"]}>
          {(named) => (
            <>
              <input {...named} value={zone} list="zones" autocomplete="off" spellcheck={false} onInput={(event) => setZone(event.currentTarget.value)} />
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

/** The face as it would be kept, or what is wrong with it. */
function check(typed: Omit<Face, "hours">, hours: ReturnType<typeof toHours>): { face?: Face; wrong: Wrong } {
  const name = typed.name.trim().replace(/\s+/g, " ");
  const about = typed.about.trim();
  const zone = typed.zone.trim();
  const wrong: Wrong = {
    ...(name ? {} : { school: face.nameMissing }),
    ...([...about].length > ABOUT_POINTS ? { about: face.aboutLong } : {}),
    ...(zone && clockIn(zone, 0) ? {} : { zone: face.zoneWrong }),
  };
  if ("hours" in hours) return { wrong, face: { name, about, zone, hours: hours.hours } };
  const day = dayName(hours.day + 1);
  return { wrong: { ...wrong, week: hours.wrong === "span" ? face.wrongSpan(day) : face.overlap(day) } };
}
