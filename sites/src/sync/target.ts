// A target is what a text is written for: a thread, a thread's notes, or a school. It names the draft, and the lock for
// sending.

export type OutboxKind = "message" | "note" | "raise";

/** `about` is the thread; for a raise, the school. */
export const targetOf = ({ kind, about }: { kind: OutboxKind; about: string }): string =>
  kind === "message" ? about : `${kind}:${about}`;

/** What the names of forms begin with that are typed in and not saved (`kept-form.ts`). */
export const FORM = "form.";
