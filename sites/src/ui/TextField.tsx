// A text field has a name, may have a hint, and shows in words what is wrong with it.

import type { InputHTMLAttributes, TargetedEvent } from "preact";
import { ErrorText } from "./ErrorText";
import { useForm } from "./Form";

interface TextFieldProps {
  name: string;
  label: string;
  value: string;
  onInput: (value: string) => void;
  hint?: string;
  /** Below the field while nothing is wrong, such as how many characters are left. */
  status?: string;
  /** More than one line: how many are shown. */
  rows?: number;
  type?: "text" | "email" | "date";
  /** The first and the last day that can be chosen, for a date. */
  min?: string;
  max?: string;
  autocomplete?: InputHTMLAttributes["autocomplete"];
  spellcheck?: boolean;
  /** Whether the writing direction follows the text that is written. */
  autoDirection?: boolean;
  /** Values to choose from. Other values can be written too. */
  suggestions?: readonly string[];
}

export function TextField({
  name,
  label,
  value,
  onInput,
  hint,
  status,
  rows,
  autoDirection = false,
  suggestions,
  ...attributes
}: TextFieldProps) {
  const { errors, attempt } = useForm();
  const error = errors[name];
  const described = [hint && `${name}-hint`, (error ?? status) && `${name}-error`].filter(Boolean).join(" ");
  const listId = suggestions && `${name}-suggestions`;
  const shared = {
    ...attributes,
    id: name,
    name,
    value,
    dir: autoDirection && value ? ("auto" as const) : undefined,
    "aria-describedby": described || undefined,
    "aria-invalid": error !== undefined,
    onInput: (event: TargetedEvent<HTMLInputElement | HTMLTextAreaElement>) => onInput(event.currentTarget.value),
  };
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {rows ? <textarea {...shared} rows={rows} /> : <input {...shared} list={listId} />}
      {listId && (
        <datalist id={listId}>
          {suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      )}
      {error ? (
        <ErrorText id={`${name}-error`} text={error} occasion={attempt} />
      ) : (
        status && (
          <p class="hint" id={`${name}-error`}>
            {status}
          </p>
        )
      )}
    </div>
  );
}
