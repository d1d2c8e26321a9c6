// A school edits its public profile. Only the fields that were changed here are saved: another page, or a colleague,
// may have changed the others.

import { useState } from "preact/hooks";
import { errorMessage } from "../../api/client";
import { clockInZone, dayName } from "../../i18n/office-hours";
import { cleanLine, cleanText } from "../../i18n/clean-text";
import { textError } from "../../i18n/text-error";
import { TEXT_FIELDS } from "../../i18n/text-fields";
import { type FieldErrors, Form } from "../../ui/Form";
import { TextField } from "../../ui/TextField";
import { toast } from "../../ui/Toasts";
import type { ProfileUpdate, SchoolCard } from "../../api/types";
import { refetch } from "../../sync/sync";
import { session } from "../../sync/store";
import { pageMessages } from "../../i18n/page-messages";
import { OfficeHoursField } from "./OfficeHoursField";
import { toHours, toWeek, type Week } from "./week";

const { profile: texts, settings } = pageMessages;
const localZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

interface ProfileFields {
  name?: string;
  about?: string;
  zone?: string;
  week?: Week;
}

export function ProfileForm({ card }: { card: SchoolCard }) {
  const [changed, setChanged] = useState<ProfileFields>({});
  const change = (update: ProfileFields) => setChanged({ ...changed, ...update });
  const { name, about, zone, week } = { ...initialFields(card), ...changed };
  const checked = validate({ name, about, zone }, toHours(week));
  const save = async () => {
    if (!checked.face) return {};
    await session.call("setFace", onlyChanged(checked.face, changed));
    await refetch("me");
    setChanged((now) => (now === changed ? {} : now)); // keep what was typed during the save
    return toast(settings.saved);
  };
  return (
    <section class="page-section">
      <h2>{texts.title}</h2>
      <Form validate={() => checked.errors} submit={save} describeError={errorMessage} submitLabel={settings.save}>
        <TextField
          name="school"
          label={texts.name}
          value={name}
          autocomplete="organization"
          onInput={(name) => change({ name })}
        />
        <TextField
          name="about"
          label={texts.about}
          hint={texts.aboutHint}
          rows={3}
          autoDirection
          value={about}
          onInput={(about) => change({ about })}
        />
        <OfficeHoursField week={week} onChange={(week) => change({ week })} />
        <TextField
          name="zone"
          label={texts.zone}
          value={zone}
          suggestions={Intl.supportedValuesOf("timeZone")}
          autocomplete="off"
          spellcheck={false}
          onInput={(zone) => change({ zone })}
        />
      </Form>
    </section>
  );
}

const initialFields = (card: SchoolCard): Required<ProfileFields> => ({
  name: card.name,
  about: card.about,
  zone: card.zone || localZone,
  week: toWeek(card.hours),
});

/**
 * The fields that were changed on this page. Hours are read by the clock of their time zone, so both are saved
 * together.
 */
function onlyChanged({ name, about, zone, hours }: Required<ProfileUpdate>, changed: ProfileFields): ProfileUpdate {
  return {
    ...("name" in changed && { name }),
    ...("about" in changed && { about }),
    ...(("zone" in changed || "week" in changed) && { zone }),
    ...("week" in changed && { hours }),
  };
}

/** The profile to save, or what is wrong with it. */
function validate(
  fields: Omit<Required<ProfileUpdate>, "hours">,
  hours: ReturnType<typeof toHours>,
): { face?: Required<ProfileUpdate>; errors: FieldErrors } {
  const name = cleanLine(fields.name);
  const about = cleanText(fields.about);
  const zone = cleanLine(fields.zone);
  const errors: FieldErrors = {
    ...textError("school", name, TEXT_FIELDS.name, texts.nameMissing),
    ...textError("about", about, TEXT_FIELDS.about),
    ...(zone && clockInZone(zone, 0) ? {} : { zone: texts.zoneWrong }),
  };
  if ("hours" in hours) return { errors, face: { name, about, zone, hours: hours.hours } };
  const day = dayName(hours.day + 1);
  return { errors: { ...errors, form: hours.error === "span" ? texts.wrongSpan(day) : texts.overlap(day) } };
}
