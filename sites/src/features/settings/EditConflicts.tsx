// Above the button of a form: fields that were saved elsewhere while they were edited here.

import { pageMessages } from "../../i18n/page-messages";
import type { Edits } from "./use-edits";

const { conflict: texts } = pageMessages;

interface EditConflictsProps<Fields extends object> {
  edits: Edits<Fields>;
  saved: Fields;
  label: (name: keyof Fields) => string;
  /** The saved value as text. */
  show: (value: Fields[keyof Fields]) => string;
}

export function EditConflicts<Fields extends object>({ edits, saved, label, show }: EditConflictsProps<Fields>) {
  return (
    <div role="alert">
      {edits.conflicts.map((name) => (
        <p key={String(name)} class="error-text">
          {texts.text(label(name), show(saved[name]))}{" "}
          <button type="button" class="link" onClick={() => edits.revert(name)}>
            {texts.use}
          </button>
        </p>
      ))}
    </div>
  );
}
