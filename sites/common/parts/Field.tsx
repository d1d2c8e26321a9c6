// Whatever can be filled in has a name, may have a hint, and says in words what is wrong with it.

import type { ComponentChildren } from "preact";

export interface Named {
  id: string;
  name: string;
  "aria-describedby": string;
  "aria-invalid": boolean;
}

interface FieldProps {
  name: string;
  label: string;
  hint?: string;
  wrong?: string | undefined;
  /** Said where something could be wrong, while nothing is. */
  note?: string;
  children: (named: Named) => ComponentChildren;
}

export function Field({ name, label, hint, wrong, note, children }: FieldProps) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {children({ id: name, name, "aria-describedby": `${name}-hint ${name}-wrong`, "aria-invalid": wrong !== undefined })}
      <p class={wrong ? "wrong" : "hint"} id={`${name}-wrong`}>
        {wrong ?? note}
      </p>
    </div>
  );
}

/** What is wrong by the field's name; `all` is about the whole form. */
export type Wrong = Record<string, string | undefined>;

/** Bring whoever sent a form to the first field that is wrong. */
export function toFirst(form: HTMLElement | null, wrong: Wrong): boolean {
  const names = Object.keys(wrong).filter((name) => wrong[name]);
  const field = names.length ? form?.querySelector<HTMLElement>(names.map((name) => `[name="${name}"]`).join()) : null;
  field?.focus();
  return names.length > 0;
}
