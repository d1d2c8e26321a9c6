// A toast says what was done. It leaves by itself, but not while a person points at it or focuses its button.

import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { announce } from "./announce";

interface ToastOptions {
  action?: { label: string; run: () => void };
  /** How long it stays. */
  seconds?: number | undefined;
}

interface Toast extends ToastOptions {
  id: number;
  text: string;
}

const SECONDS = 5;

export const toasts = signal<readonly Toast[]>([]);
let next = 1;
let lastDrawn = 0;

export function toast(text: string, options: ToastOptions = {}): void {
  const before = toasts.peek();
  toasts.value = [...before.slice(-1), { ...options, id: next++, text }];
  // A toast is announced when it is drawn. This one leaves before that, or nothing outside of a dialog is heard.
  for (const leaving of before.slice(0, -1)) if (leaving.id > lastDrawn) announce(leaving.text);
  if (document.querySelector("dialog[open]")) announce(text);
}

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
