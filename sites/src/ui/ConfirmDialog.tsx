// A question interrupts only when something cannot be undone, or should not be done by mistake.

import { Dialog } from "./Dialog";
import { overlay } from "./Overlay";

interface Question {
  title: string;
  text: string;
  confirmLabel: string;
  cancelLabel: string;
  danger?: boolean;
  /** The answer to choose in doubt. Without it, the confirmation. */
  preferred?: "cancel";
}

/** Asks a question, and returns whether it is confirmed. */
export function confirm(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    const answer = (yes: boolean) => {
      overlay.value = null;
      resolve(yes);
    };
    overlay.value = <ConfirmDialog {...question} answer={answer} />;
  });
}

function ConfirmDialog(current: Question & { answer: (yes: boolean) => void }) {
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
