// The form for a person's own name. The name changes everywhere when the server confirms it.

import { errorMessage } from "../../api/client";
import { cleanLine } from "../../i18n/clean-text";
import { textError } from "../../i18n/text-error";
import { TEXT_FIELDS } from "../../i18n/text-fields";
import { pageMessages } from "../../i18n/page-messages";
import { me, session } from "../../sync/store";
import { refetch, refresh } from "../../sync/sync";
import { Form } from "../../ui/Form";
import { TextField } from "../../ui/TextField";
import { toast } from "../../ui/toast";
import { EditConflicts } from "./EditConflicts";
import { hasNewConflict, useEdits } from "./use-edits";

const { settings: texts } = pageMessages;

export function NameForm({ name }: { name: string }) {
  const saved = { name };
  const edits = useEdits(saved);
  const { values, changed } = edits;
  const trimmed = cleanLine(values.name);
  const save = async () => {
    try {
      await refetch("me"); // another page may have changed it, and this one may not have heard of it
      if (hasNewConflict(edits, { name: me.peek()?.name ?? name })) return;
      await session.call("rename", { name: trimmed });
    } catch (error) {
      return { name: errorMessage(error) };
    }
    await refresh(refetch("me"));
    edits.onSaved(changed);
    return toast(texts.saved);
  };
  return (
    <Form
      validate={() => textError("name", values.name, TEXT_FIELDS.name, texts.nameMissing)}
      submit={save}
      describeError={errorMessage}
      submitLabel={trimmed === name ? undefined : texts.save}
    >
      <TextField
        name="name"
        label={texts.name}
        value={values.name}
        autocomplete="name"
        onInput={(name) => edits.change({ name })}
      />
      <EditConflicts edits={edits} saved={saved} label={() => texts.name} show={(name) => name} />
    </Form>
  );
}
