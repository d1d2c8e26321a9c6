// A person chooses the day on which a snoozed thread comes back.

import { useState } from "preact/hooks";
import { errorMessage } from "../../api/client";
import { now } from "../../browser/server-clock";
import { pageMessages } from "../../i18n/page-messages";
import { me } from "../../sync/store";
import { Dialog } from "../../ui/Dialog";
import { Form } from "../../ui/Form";
import { TextField } from "../../ui/TextField";
import { dateIn, morningOf } from "./snooze-times";

const { snooze: texts } = pageMessages;
const DAY = 86_400_000;
const MOST_DAYS = 365;

interface SnoozeDialogProps {
  onClose: () => void;
  choose: (until: number) => Promise<void>;
}

export function SnoozeDialog({ onClose, choose }: SnoozeDialogProps) {
  const zone = me.value?.card?.zone ?? "";
  const [day, setDay] = useState("");
  const [from, to] = [dateIn(zone, now() + DAY), dateIn(zone, now() + MOST_DAYS * DAY)];
  const submit = async () => {
    await choose(morningOf(day, zone));
    onClose();
    return {};
  };
  return (
    <Dialog title={texts.title} onClose={onClose} closeLabel={texts.close}>
      <Form
        validate={() => (day >= from && day <= to ? {} : { day: texts.range })}
        submit={submit}
        describeError={errorMessage}
        submitLabel={texts.title}
      >
        <TextField name="day" label={texts.day} type="date" min={from} max={to} value={day} onInput={setDay} />
      </Form>
    </Dialog>
  );
}
