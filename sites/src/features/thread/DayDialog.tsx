// A person chooses a day, and the log shows its first message, or the next one after it.

import { useState } from "preact/hooks";
import { errorMessage } from "../../api/client";
import type { Row } from "../../api/protocol";
import { now } from "../../browser/server-clock";
import { dayLabel, isoDay, startOfDay } from "../../i18n/day";
import { pageMessages } from "../../i18n/page-messages";
import { showLogAt } from "../../sync/thread-log";
import { announce } from "../../ui/announce";
import { Dialog } from "../../ui/Dialog";
import { Form } from "../../ui/Form";
import { TextField } from "../../ui/TextField";

const { day: texts } = pageMessages;

interface DayDialogProps {
  row: Row;
  /** Called with the seq of the message. */
  onFound: (seq: number) => void;
  onClose: () => void;
}

export function DayDialog({ row, onFound, onClose }: DayDialogProps) {
  const [day, setDay] = useState("");
  const [from, to] = [isoDay(row.since), isoDay(now())];
  const isKnown = day >= from && day <= to;
  const go = async () => {
    const seq = await showLogAt(row.id, startOfDay(day));
    if (seq === 0) return { day: texts.none };
    announce(texts.shown(dayLabel(startOfDay(day), now())));
    onClose();
    onFound(seq);
    return {};
  };
  return (
    <Dialog title={texts.title} onClose={onClose} closeLabel={texts.close}>
      <Form
        validate={() => (isKnown ? {} : { day: texts.range(dayLabel(row.since, now())) })}
        submit={go}
        describeError={errorMessage}
        submitLabel={texts.go}
      >
        <TextField name="day" label={texts.label} type="date" min={from} max={to} value={day} onInput={setDay} />
      </Form>
    </Dialog>
  );
}
