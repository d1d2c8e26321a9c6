// A modal dialog. When it closes, the focus returns to where it was before (keep-focus).

import { X } from "lucide";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { addAnnouncer } from "./announce";
import { Icon } from "./Icon";

interface DialogProps {
  title: string;
  onClose: () => void;
  /** The label of the close button. Without it, there is no close button. */
  closeLabel?: string;
  /** Whether the title is for screen readers only. */
  isTitleHidden?: boolean;
  children: ComponentChildren;
}

export function Dialog({ title, onClose, closeLabel, isTitleHidden = false, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  // Before the next key: it is typed into the dialog.
  useLayoutEffect(() => {
    const dialog = element.current;
    if (dialog) addAnnouncer(dialog);
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions -- a click beside the dialog; Escape does the same
    <dialog
      ref={element}
      class="dialog"
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === element.current && onClose()}
    >
      <div class="dialog-body">
        <header class={isTitleHidden ? "visually-hidden" : "dialog-head"}>
          <h2>{title}</h2>
          {closeLabel && (
            <button type="button" class="icon-button" aria-label={closeLabel} onClick={onClose}>
              <Icon of={X} />
            </button>
          )}
        </header>
        {children}
      </div>
    </dialog>
  );
}
