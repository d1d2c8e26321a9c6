// In place of a list that has nothing in it: what will come here, and the one thing to do.

import type { ComponentChildren } from "preact";

export function EmptyState({ title, text, children }: { title: string; text: string; children?: ComponentChildren }) {
  return (
    <div class="empty-state">
      <p class="empty-state-title">{title}</p>
      <p>{text}</p>
      {children}
    </div>
  );
}
