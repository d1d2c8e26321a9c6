// A toast says what was done. It leaves by itself, but not while a person points at it or focuses its button.

import { effect } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { announce } from "./announce";
import { type Toast, toasts } from "./toast";

const SECONDS = 5;

let lastDrawn = 0;
let before: readonly Toast[] = [];

/** A toast is announced when it is drawn. One may leave before that, and nothing outside of a dialog is heard. */
effect(() => {
  const isNew = ({ id }: Toast) => !before.some((other) => other.id === id);
  const leaving = before.filter(({ id }) => id > lastDrawn && !toasts.value.some((other) => other.id === id));
  for (const { text } of leaving) announce(text);
  if (document.querySelector("dialog[open]")) for (const { text } of toasts.value.filter(isNew)) announce(text);
  before = toasts.value;
});

const dismiss = (id: number) => (toasts.value = toasts.peek().filter((toast) => toast.id !== id));

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-atomic="false" aria-relevant="additions">
      {toasts.value.map((toast) => (
        <ToastItem key={toast.id} {...toast} />
      ))}
    </div>
  );
}

function ToastItem({ id, text, action, seconds = SECONDS }: Toast) {
  const [isHeld, setIsHeld] = useState(false);
  useEffect(() => void (lastDrawn = Math.max(lastDrawn, id)), [id]);
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(() => dismiss(id), seconds * 1_000);
    return () => clearTimeout(timer);
  }, [id, isHeld, seconds]);
  const holdHandlers = {
    onPointerEnter: () => setIsHeld(true),
    onPointerLeave: () => setIsHeld(false),
    onFocusIn: () => setIsHeld(true),
    onFocusOut: () => setIsHeld(false),
  };
  return (
    <div class="toast" {...holdHandlers}>
      <span>{text}</span>
      {action && (
        <button
          type="button"
          onClick={() => {
            dismiss(id);
            action.run();
          }}
        >
          {action.label}
        </button>
      )}
    </div>
  );
}
