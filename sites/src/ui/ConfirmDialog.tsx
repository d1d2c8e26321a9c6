// A question interrupts only when something cannot be undone, or should not be done by mistake.

import { signal } from "@preact/signals";
import { Dialog } from "./Dialog";

interface Question {
  title: string;
  text: string;
  confirmLabel: string;
  cancelLabel: string;
  danger?: boolean;
  /** The answer to choose in doubt. Without it, the confirmation. */
  preferred?: "cancel";
}

const pending = signal<(Question & { answer: (yes: boolean) => void }) | null>(null);

/** Asks a question, and returns whether it is confirmed. */
export function confirm(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    pending.value = {
      ...question,
      answer: (yes) => {
        pending.value = null;
        resolve(yes);
      },
    };
  });
}

export function ConfirmDialog() {
  const current = pending.value;
  if (!current) return null;
  return (
    <Dialog title={current.title} onClose={() => current.answer(false)}>
      <p>{current.text}</p>
      <div class="dialog-actions">
        <button
          type="button"
          class={current.preferred === "cancel" ? "button primary" : "button"}
          onClick={() => current.answer(false)}
        >
          {current.cancelLabel}
        </button>
        <button
          type="button"
          class={`button ${current.danger ? "danger" : current.preferred === "cancel" ? "" : "primary"}`}
          onClick={() => current.answer(true)}
        >
          {current.confirmLabel}
        </button>
      </div>
    </Dialog>
  );
}
