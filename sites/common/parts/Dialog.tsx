// A question interrupts only when something cannot be undone, and focus returns to where it was.

import { signal } from "@preact/signals";
import { X } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Icon } from "./Icon";

interface DialogProps {
  title: string;
  close: () => void;
  /** What the way out at the top is called, where there is one. */
  leave?: string;
  children: ComponentChildren;
}

export function Dialog({ title, close, leave, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      // By now it is out of the page, and a browser gives focus back only for a dialog that is in it.
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => event.target === element.current && close()}
    >
      <div class="dialog-body">
        <header class="dialog-head">
          <h2 id={id}>{title}</h2>
          {leave && (
            <button type="button" class="icon-button" aria-label={leave} onClick={close}>
              <Icon of={X} />
            </button>
          )}
        </header>
        {children}
      </div>
    </dialog>
  );
}

interface Question {
  title: string;
  text: string;
  yes: string;
  no: string;
  danger?: boolean;
  /** Which answer is the one to choose in doubt; `yes` if not said. */
  better?: "no";
}

const asked = signal<(Question & { answer: (yes: boolean) => void }) | null>(null);

/** Ask once, in words that say what it means. */
export function confirm(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    asked.value = {
      ...question,
      answer: (yes) => {
        asked.value = null;
        resolve(yes);
      },
    };
  });
}

export function Questions() {
  const question = asked.value;
  if (!question) return null;
  return (
    <Dialog title={question.title} close={() => question.answer(false)}>
      <p>{question.text}</p>
      <div class="dialog-actions">
        <button
          type="button"
          class={question.better === "no" ? "button primary" : "button"}
          onClick={() => question.answer(false)}
        >
          {question.no}
        </button>
        <button
          type="button"
          class={`button ${question.danger ? "danger" : question.better === "no" ? "" : "primary"}`}
          onClick={() => question.answer(true)}
        >
          {question.yes}
        </button>
      </div>
    </Dialog>
  );
}
