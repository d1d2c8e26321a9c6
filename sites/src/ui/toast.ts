// Says what was done, in a toast (`Toasts.tsx`).

import { signal } from "@preact/signals";

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

export function toast(text: string, options: ToastOptions = {}): void {
  toasts.value = [...toasts.peek().slice(-1), { ...options, id: next++, text }];
}
