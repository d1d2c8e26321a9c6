// The fields of a form that were edited here, over what is saved now. Another tab, or a colleague, may save meanwhile:
// fields that were not edited here follow, and a field that both have changed is a conflict, which is never hidden.

import { useEffect, useState } from "preact/hooks";
import type { KeptForm } from "../../sync/kept-form";

interface Edit<Value> {
  value: Value;
  /** What was saved when the edit began. */
  base: Value;
}

export type Edited<Fields> = { readonly [Name in keyof Fields]?: Edit<Fields[Name]> };

export interface Edits<Fields> {
  /** What the form shows. */
  values: Fields;
  /** These values, with the fields that were edited here in place of theirs. */
  over: (saved: Fields) => Fields;
  /** Only the fields that were edited here. */
  changed: Partial<Fields>;
  /** The fields that were edited here, and saved elsewhere since with another value. */
  conflicts: readonly (keyof Fields)[];
  /** The conflicts if this were saved now. */
  conflictsWith: (saved: Fields) => readonly (keyof Fields)[];
  change: (update: Partial<Fields>) => void;
  /** Forgets the edit of a field: it shows what is saved. */
  revert: (name: keyof Fields) => void;
  /** Forgets the edits that were saved, and keeps what was typed during the save. */
  onSaved: (saved: Partial<Fields>) => void;
}

/** Whether an edit conflicts with what is saved now in a way that the form has not shown yet. Its person decides then. */
export const hasNewConflict = <Fields>(edits: Edits<Fields>, saved: Fields): boolean =>
  edits.conflictsWith(saved).some((name) => !edits.conflicts.includes(name));

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** `kept`: where the edits outlast the page. */
export function useEdits<Fields extends object>(saved: Fields, kept?: KeptForm<Edited<Fields>>): Edits<Fields> {
  const [edited, setEdited] = useState<Edited<Fields>>(() => kept?.get() ?? {});
  useEffect(() => kept?.set(edited), [edited]);
  const names = Object.keys(edited) as (keyof Fields)[];
  const changed = Object.fromEntries(names.map((name) => [name, edited[name]?.value])) as Partial<Fields>;
  const conflictsWith = (other: Fields) =>
    names.filter((name) => !isSame(other[name], edited[name]?.base) && !isSame(other[name], edited[name]?.value));
  const forget = (isForgotten: (name: keyof Fields, edit: unknown) => boolean) =>
    setEdited(
      (now) =>
        Object.fromEntries(
          Object.entries(now).filter(([name, edit]) => !isForgotten(name as keyof Fields, edit)),
        ) as Edited<Fields>,
    );
  const over = (other: Fields): Fields => ({ ...other, ...changed });
  return {
    values: over(saved),
    over,
    changed,
    conflicts: conflictsWith(saved),
    conflictsWith,
    change: (update) =>
      setEdited((now) => {
        const next: { [Name in keyof Fields]?: Edit<Fields[Name]> } = { ...now };
        for (const name of Object.keys(update) as (keyof Fields)[])
          next[name] = { value: update[name] as Fields[keyof Fields], base: now[name]?.base ?? saved[name] };
        return next;
      }),
    revert: (name) => forget((other) => other === name),
    onSaved: (sent) => forget((name, edit) => isSame((edit as Edit<unknown>).value, sent[name])),
  };
}
