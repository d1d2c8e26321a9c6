// Renames a folder of saved replies: a folder is the name that its replies have, so each of them is moved. If that stops
// halfway, saving again moves the rest.

import { useEffect, useState } from "preact/hooks";
import { ApiError, errorMessage } from "../../api/client";
import { cleanLine } from "../../i18n/clean-text";
import { pageMessages } from "../../i18n/page-messages";
import { textError } from "../../i18n/text-error";
import { TEXT_FIELDS } from "../../i18n/text-fields";
import { loadSavedReplies, savedReplies } from "../../sync/saved-replies";
import { session } from "../../sync/store";
import { refresh } from "../../sync/sync";
import { Dialog } from "../../ui/Dialog";
import { Form } from "../../ui/Form";
import { TextField } from "../../ui/TextField";
import { toast } from "../../ui/toast";

const { savedReplies: texts, settings } = pageMessages;

interface RenameFolderDialogProps {
  folder: string;
  folders: readonly string[];
  close: () => void;
}

export function RenameFolderDialog({ folder, folders, close }: RenameFolderDialogProps) {
  const [name, setName] = useState(folder);
  const cleaned = cleanLine(name);
  const isOther = cleaned !== folder && folders.includes(cleaned);
  useEffect(() => document.getElementById("folder")?.focus(), []); // and not the button that closes
  const save = async () => {
    if (cleaned !== folder) await move(folder, cleaned);
    toast(settings.saved);
    close();
  };
  return (
    <Dialog title={texts.renameFolder} closeLabel={texts.close} onClose={close}>
      <Form
        validate={() => (cleaned ? textError("folder", name, TEXT_FIELDS.folder) : { folder: texts.folderMissing })}
        submit={save}
        describeError={errorMessage}
        submitLabel={settings.save}
      >
        <TextField
          name="folder"
          label={texts.folderName}
          status={isOther ? texts.joins : ""}
          value={name}
          autocomplete="off"
          autoDirection
          onInput={setName}
        />
      </Form>
    </Dialog>
  );
}

async function move(from: string, to: string): Promise<void> {
  await loadSavedReplies(); // a colleague may have added one
  try {
    for (const { id } of savedReplies.peek()?.replies.filter(({ folder }) => folder === from) ?? [])
      await session.call("changeSavedReply", { folder: to }, id).catch(passIfDeleted);
  } finally {
    await refresh(loadSavedReplies());
  }
}

/** Another person of the school has deleted it in the meantime. */
function passIfDeleted(error: unknown): void {
  if (!(error instanceof ApiError) || error.status !== 404) throw error;
}
