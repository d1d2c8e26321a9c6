// Says what was done, in a toast (`Toasts.tsx`).

import { signal } from "@preact/signals";
import { announce } from "./announce";

interface ToastOptions {
  action?: { label: string; run: () => void };
  /** How long it stays. */
  seconds?: number | undefined;
}

export interface Toast extends ToastOptions {
  id: number;
  text: string;
}

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

export function markDrawn(id: number): void {
  lastDrawn = Math.max(lastDrawn, id);
}
