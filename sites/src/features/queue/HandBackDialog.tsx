// A worker hands a thread back, and may say why. The school reads the reason as an internal note.

import { useState } from "preact/hooks";
import type { WorkerRow } from "../../api/protocol";
import { errorMessage } from "../../api/client";
import { navigate, route } from "../../browser/route";
import { cleanText } from "../../i18n/clean-text";
import { pageMessages } from "../../i18n/page-messages";
import { textError } from "../../i18n/text-error";
import { TEXT_FIELDS } from "../../i18n/text-fields";
import { session } from "../../sync/store";
import { Dialog } from "../../ui/Dialog";
import { Form } from "../../ui/Form";
import { RadioGroup } from "../../ui/RadioGroup";
import { TextField } from "../../ui/TextField";
import { toast } from "../../ui/toast";

const { assignment: texts } = pageMessages;
type Reason = keyof typeof texts.reasons;
const REASONS = Object.keys(texts.reasons) as Reason[];

export function HandBackDialog({ row, close }: { row: WorkerRow; close: () => void }) {
  const [reason, setReason] = useState<Reason>("none");
  const [more, setMore] = useState("");
  const parts = [reason === "none" ? "" : texts.reasons[reason], cleanText(more)];
  const said = parts.filter((part) => part !== "").join("\n");
  const handBack = async () => {
    await session.call("handBackThread", said ? { reason: said } : {}, row.id);
    close();
    toast(texts.handedBack);
    if (route.peek().id === row.id) navigate("threads", "", { replace: true });
  };
  return (
    <Dialog title={texts.handBackTitle} closeLabel={texts.keep} onClose={close}>
      <p>{texts.handBackText}</p>
      <Form
        validate={() => (said ? textError("more", said, TEXT_FIELDS.note) : {})}
        submit={handBack}
        describeError={errorMessage}
        submitLabel={texts.handBack}
      >
        <RadioGroup
          name="reason"
          legend={texts.reason}
          options={REASONS.map((value) => ({ value, label: texts.reasons[value] }))}
          value={reason}
          onChange={setReason}
        />
        <TextField
          name="more"
          label={texts.more}
          hint={texts.moreHint}
          rows={2}
          value={more}
          autoDirection
          onInput={setMore}
        />
      </Form>
    </Dialog>
  );
}
