// A school edits its public profile. Only the fields that were changed here are saved: another page, or a colleague,
// may have changed the others.

import { errorMessage } from "../../api/client";
import { clockInZone, dayName } from "../../i18n/office-hours";
import { cleanLine, cleanText } from "../../i18n/clean-text";
import { textError } from "../../i18n/text-error";
import { TEXT_FIELDS } from "../../i18n/text-fields";
import { type FieldErrors, Form } from "../../ui/Form";
import { TextField } from "../../ui/TextField";
import { toast } from "../../ui/toast";
import type { ProfileUpdate, SchoolCard } from "../../api/types";
import { refetch, refresh } from "../../sync/sync";
import { me, session } from "../../sync/store";
import { pageMessages } from "../../i18n/page-messages";
import { OfficeHoursField } from "./OfficeHoursField";
import { EditConflicts } from "../settings/EditConflicts";
import { hasNewConflict, useEdits } from "../settings/use-edits";
import { type TimeSpan, toHours, toWeek, type Week } from "./week";

const { profile: texts, settings } = pageMessages;
const localZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

interface ProfileFields {
  name: string;
  about: string;
  zone: string;
}

export function ProfileForm({ card }: { card: SchoolCard }) {
  const [savedFields, savedDays] = [fieldsOf(card), daysOf(card)];
  const [fields, days] = [useEdits(savedFields), useEdits(savedDays)];
  const { name, about, zone } = fields.values;
  const week: Week = Object.values(days.values);
  const save = async () => {
    await refetch("me"); // another page may have changed it, and this one may not have heard of it
    const latest = me.peek()?.card ?? card;
    const [latestFields, latestDays] = [fieldsOf(latest), daysOf(latest)];
    if (hasNewConflict(fields, latestFields) || hasNewConflict(days, latestDays)) return {};
    const { face, errors } = validate(fields.over(latestFields), days.over(latestDays));
    if (!face) return errors;
    await session.call("setFace", onlyChanged(face, fields.changed, days.changed));
    await refresh(refetch("me"));
    fields.onSaved(fields.changed);
    days.onSaved(days.changed);
    return toast(settings.saved);
  };
  return (
    <section class="page-section">
      <h2>{texts.title}</h2>
      <Form
        validate={() => validate(fields.values, days.values).errors}
        submit={save}
        describeError={errorMessage}
        submitLabel={settings.save}
      >
        <TextField
          name="school"
          label={texts.name}
          value={name}
          autocomplete="organization"
          onInput={(name) => fields.change({ name })}
        />
        <TextField
          name="about"
          label={texts.about}
          hint={texts.aboutHint}
          rows={3}
          autoDirection
          value={about}
          onInput={(about) => fields.change({ about })}
        />
        <OfficeHoursField week={week} onChange={(edited) => days.change(onlyEditedDays(week, edited))} />
        <TextField
          name="zone"
          label={texts.zone}
          value={zone}
          suggestions={Intl.supportedValuesOf("timeZone")}
          autocomplete="off"
          spellcheck={false}
          onInput={(zone) => fields.change({ zone })}
        />
        <EditConflicts
          edits={fields}
          saved={savedFields}
          label={(name) => FIELD_LABELS[name]}
          show={(value) => value}
        />
        <EditConflicts edits={days} saved={savedDays} label={(day) => dayName(Number(day) + 1)} show={showSpans} />
      </Form>
    </section>
  );
}

const FIELD_LABELS: Record<keyof ProfileFields, string> = { name: texts.name, about: texts.about, zone: texts.zone };

const fieldsOf = (card: SchoolCard): ProfileFields => ({
  name: card.name,
  about: card.about,
  zone: card.zone || localZone,
});

/** Each day is a field of its own: two people may edit two days. */
const daysOf = (card: SchoolCard): Record<number, readonly TimeSpan[]> => ({ ...toWeek(card.hours) });

const onlyEditedDays = (before: Week, edited: Week): Record<number, readonly TimeSpan[]> =>
  Object.fromEntries(Object.entries(edited).filter(([day, spans]) => spans !== before[Number(day)]));

const showSpans = (spans: readonly TimeSpan[] = []): string =>
  spans.map(({ from, until }) => `${from}–${until}`).join(", ") || texts.closed;

/**
 * The fields that were changed on this page. Hours are read by the clock of their time zone, so both are saved
 * together.
 */
function onlyChanged(
  { name, about, zone, hours }: Required<ProfileUpdate>,
  fields: Partial<ProfileFields>,
  days: Readonly<Record<number, unknown>>,
): ProfileUpdate {
  const areHoursChanged = Object.keys(days).length > 0;
  return {
    ...("name" in fields && { name }),
    ...("about" in fields && { about }),
    ...(("zone" in fields || areHoursChanged) && { zone }),
    ...(areHoursChanged && { hours }),
  };
}

/** The profile to save, or what is wrong with it. */
function validate(
  fields: ProfileFields,
  days: Record<number, readonly TimeSpan[]>,
): { face?: Required<ProfileUpdate>; errors: FieldErrors } {
  const hours = toHours(Object.values(days));
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
  const wrong = hours.error === "span" ? texts.wrongSpan(day) : texts.overlap(day);
  return { errors: { ...errors, [`hours-${hours.day}`]: wrong } };
}
