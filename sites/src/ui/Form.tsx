// A form checks what is filled in, submits one at a time, and says in words what is wrong.

import { type ComponentChildren, createContext } from "preact";
import { useContext, useRef, useState } from "preact/hooks";
import { ErrorText } from "./ErrorText";

/** What is wrong, by the name of the field. `form` is about the whole form. */
export type FieldErrors = Readonly<Record<string, string | undefined>>;

interface FormState {
  errors: FieldErrors;
  /** Counts the attempts: each one announces its errors. */
  attempt: number;
  busy: boolean;
}

const NO_ERRORS: FieldErrors = {};
const Context = createContext<FormState>({ errors: NO_ERRORS, attempt: 0, busy: false });

/** The state of the form that a field is in. */
export const useForm = (): FormState => useContext(Context);

interface FormProps {
  class?: string;
  hidden?: boolean;
  /** Runs before `submit`. If it finds an error, nothing is submitted. */
  validate?: () => FieldErrors;
  /** What it throws is an error of the whole form. */
  submit: () => Promise<FieldErrors | void>;
  describeError: (error: unknown) => string;
  submitLabel?: string | undefined;
  /** In place of `submitLabel` while the form submits. */
  busyLabel?: string;
  children: ComponentChildren;
}

export function Form({
  class: className = "form",
  hidden,
  validate,
  submit,
  describeError,
  submitLabel,
  busyLabel,
  children,
}: FormProps) {
  const element = useRef<HTMLFormElement>(null);
  const isSubmitting = useRef(false);
  const [errors, setErrors] = useState(NO_ERRORS);
  const [busy, setBusy] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const start = async () => {
    if (isSubmitting.current) return;
    setAttempt(attempt + 1);
    const found = validate?.() ?? NO_ERRORS;
    setErrors(found);
    if (focusFirstError(element.current, found)) return;
    isSubmitting.current = true;
    setBusy(true);
    const result = (await submit().catch((error: unknown) => ({ form: describeError(error) }))) ?? NO_ERRORS;
    isSubmitting.current = false;
    setErrors(result);
    setBusy(false);
    focusFirstError(element.current, result);
  };
  return (
    <form
      ref={element}
      class={className}
      hidden={hidden}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <Context.Provider value={{ errors, attempt, busy }}>
        {children}
        {errors["form"] && <ErrorText text={errors["form"]} occasion={attempt} />}
        {submitLabel !== undefined && (
          <button type="submit" class="button primary" aria-disabled={busy}>
            {busy ? (busyLabel ?? submitLabel) : submitLabel}
          </button>
        )}
      </Context.Provider>
    </form>
  );
}

/** Whether there is an error. The first field that has one takes the focus. */
function focusFirstError(form: HTMLElement | null, errors: FieldErrors): boolean {
  const names = Object.keys(errors).filter((name) => errors[name]);
  const field = names.length ? form?.querySelector<HTMLElement>(names.map((name) => `[name="${name}"]`).join()) : null;
  field?.focus();
  return names.length > 0;
}
