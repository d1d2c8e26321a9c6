// The form for a person's own name. The name changes everywhere when the server confirms it.

import { useState } from "preact/hooks";
import { errorMessage } from "../../api/client";
import { cleanLine } from "../../i18n/clean-text";
import { textError } from "../../i18n/text-error";
import { TEXT_FIELDS } from "../../i18n/text-fields";
import { pageMessages } from "../../i18n/page-messages";
import { session } from "../../sync/store";
import { refetch } from "../../sync/sync";
import { Form } from "../../ui/Form";
import { TextField } from "../../ui/TextField";
import { toast } from "../../ui/Toasts";

const { settings: texts } = pageMessages;

export function NameForm({ name }: { name: string }) {
  const [edited, setEdited] = useState<string | null>(null);
  const text = edited ?? name;
  const trimmed = cleanLine(text);
  const save = async () => {
    try {
      await session.call("rename", { name: trimmed });
      await refetch("me");
    } catch (error) {
      return { name: errorMessage(error) };
    }
    setEdited((now) => (now === edited ? null : now)); // keep what was typed during the save
    return toast(texts.saved);
  };
  return (
    <Form
      validate={() => textError("name", text, TEXT_FIELDS.name, texts.nameMissing)}
      submit={save}
      describeError={errorMessage}
      submitLabel={trimmed === name ? undefined : texts.save}
    >
      <TextField name="name" label={texts.name} value={text} autocomplete="name" onInput={setEdited} />
    </Form>
  );
}
