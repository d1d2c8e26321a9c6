// Writes a new saved reply, or edits one. Only what was changed here is saved: a colleague may change the rest.

import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, errorMessage } from "../../api/client";
import type { SavedReply } from "../../api/types";
import { cleanLine, cleanText, countLeft } from "../../i18n/clean-text";
import { pageMessages } from "../../i18n/page-messages";
import { textError } from "../../i18n/text-error";
import { TEXT_FIELDS } from "../../i18n/text-fields";
import { IdempotencyKey } from "../../sync/idempotency-key";
import { keptForm } from "../../sync/kept-form";
import { loadSavedReplies, savedReplies } from "../../sync/saved-replies";
import { session } from "../../sync/store";
import { refresh } from "../../sync/sync";
import { SHOWN_BELOW } from "../../ui/characters-left";
import { confirm } from "../../ui/ConfirmDialog";
import { Dialog } from "../../ui/Dialog";
import { Form } from "../../ui/Form";
import { TextField } from "../../ui/TextField";
import { toast } from "../../ui/toast";
import { EditConflicts } from "../settings/EditConflicts";
import { type Edited, hasNewConflict, useEdits } from "../settings/use-edits";
import { unknownVariables } from "./variables";

const { savedReplies: texts, settings, composer } = pageMessages;
const { title: TITLE, folder: FOLDER, reply: REPLY } = TEXT_FIELDS;

export type ReplyFields = Pick<SavedReply, "title" | "folder" | "text">;
export const NEW_REPLY: ReplyFields & { id: string } = { id: "", title: "", folder: "", text: "" };

interface SavedReplyDialogProps {
  /** As it was when it was opened. */
  reply: ReplyFields & { id: string };
  folders: readonly string[];
  close: () => void;
}

export function SavedReplyDialog({ reply, folders, close }: SavedReplyDialogProps) {
  const [isGone, setIsGone] = useState(false); // somebody has deleted it meanwhile
  const key = useRef(new IdempotencyKey());
  const isNew = reply.id === "" || isGone;
  const saved = fieldsOf(known(reply.id) ?? reply);
  const [kept] = useState(() => keptForm<Edited<ReplyFields>>(`reply.${reply.id || "new"}`));
  const [isKept] = useState(() => kept.get() !== null);
  const edits = useEdits<ReplyFields>(saved, kept);
  const { values, changed, change } = edits;
  const cleaned = (fields: Partial<ReplyFields>): Partial<ReplyFields> => ({
    ...(fields.title !== undefined && { title: cleanLine(fields.title) }),
    ...(fields.folder !== undefined && { folder: cleanLine(fields.folder) }),
    ...(fields.text !== undefined && { text: cleanText(fields.text) }),
  });
  useEffect(() => document.getElementById("title")?.focus(), []); // and not the button that closes
  const save = async () => {
    if (isNew) {
      const fields = cleaned(values) as ReplyFields;
      await session.call("addSavedReply", { key: key.current.for(JSON.stringify(fields)), ...fields });
    } else {
      await loadSavedReplies(); // a colleague may have changed it, and this page may not have heard of it
      const latest = known(reply.id);
      if (latest && hasNewConflict(edits, fieldsOf(latest))) return {};
      try {
        await session.call("changeSavedReply", cleaned(changed), reply.id);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 404) throw error;
        setIsGone(true);
        return { form: texts.gone };
      }
    }
    toast(settings.saved);
    closeForGood();
    await refresh(loadSavedReplies());
  };
  const closeForGood = () => {
    kept.set({});
    close();
  };
  const askToClose = async () => {
    const isChanged = Object.keys(changed).some(
      (name) => values[name as keyof ReplyFields] !== reply[name as keyof ReplyFields],
    );
    const question = {
      title: texts.discardTitle,
      text: texts.discardText,
      confirmLabel: texts.discard,
      cancelLabel: texts.keepEditing,
      danger: true,
    };
    if (!isChanged || (await confirm(question))) closeForGood();
  };
  const left = countLeft(values.text, REPLY);
  const unknown = unknownVariables(values.text);
  return (
    <Dialog title={isNew ? texts.add : texts.change} closeLabel={texts.close} onClose={() => void askToClose()}>
      <Form
        validate={() => ({
          ...textError("title", values.title, TITLE, texts.titleMissing),
          ...textError("folder", values.folder, FOLDER),
          ...textError("text", values.text, REPLY, texts.textMissing),
        })}
        submit={save}
        describeError={errorMessage}
        submitLabel={settings.save}
      >
        {isKept && <p class="hint">{texts.kept}</p>}
        <TextField
          name="title"
          label={texts.name}
          value={values.title}
          autocomplete="off"
          autoDirection
          onInput={(title) => change({ title })}
        />
        <TextField
          name="folder"
          label={texts.folder}
          hint={texts.folderHint}
          value={values.folder}
          autocomplete="off"
          autoDirection
          suggestions={folders}
          onInput={(folder) => change({ folder })}
        />
        <TextField
          name="text"
          label={texts.text}
          hint={texts.textHint}
          status={
            left <= SHOWN_BELOW
              ? composer.left(left, REPLY.most)
              : unknown.length
                ? texts.unknown(unknown.join(", "))
                : ""
          }
          rows={6}
          value={values.text}
          autoDirection
          onInput={(text) => change({ text })}
        />
        <EditConflicts edits={edits} saved={saved} label={(name) => LABELS[name]} show={(value) => value} />
      </Form>
    </Dialog>
  );
}

const LABELS: Record<keyof ReplyFields, string> = { title: texts.name, folder: texts.folder, text: texts.text };

const fieldsOf = ({ title, folder, text }: ReplyFields): ReplyFields => ({ title, folder, text });

const known = (id: string): SavedReply | undefined => savedReplies.value?.replies.find((reply) => reply.id === id);
