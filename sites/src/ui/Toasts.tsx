// A toast says what was done. It leaves by itself, but not while a person points at it or focuses its button.

import { useEffect, useState } from "preact/hooks";
import { markDrawn, type Toast, toasts } from "./toast";

const SECONDS = 5;

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
  useEffect(() => markDrawn(id), [id]);
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
