// What was done is said in a sentence that leaves by itself, and stays while someone reads it or reaches for its button.

import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";

interface Toast {
  id: number;
  text: string;
  action?: { label: string; run: () => void };
}

const toasts = signal<readonly Toast[]>([]);
let next = 1;

export function toast(text: string, action?: Toast["action"]): void {
  const id = next++;
  toasts.value = [...toasts.peek().slice(-1), action ? { id, text, action } : { id, text }];
}

const away = (id: number) => (toasts.value = toasts.peek().filter((toast) => toast.id !== id));

export function Toasts() {
  return (
    <div class="toasts" role="status">
      {toasts.value.map((toast) => (
        <One key={toast.id} {...toast} />
      ))}
    </div>
  );
}

function One({ id, text, action }: Toast) {
  const [held, hold] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => away(id), 5_000);
    return () => clearTimeout(timer);
  }, [held]);
  const keep = { onPointerEnter: () => hold(true), onPointerLeave: () => hold(false), onFocusIn: () => hold(true), onFocusOut: () => hold(false) };
  return (
    <div class="toast" {...keep}>
      <span>{text}</span>
      {action && (
        <button
          type="button"
          onClick={() => {
            away(id);
            action.run();
          }}
        >
          {action.label}
        </button>
      )}
    </div>
  );
}
