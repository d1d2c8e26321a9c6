// Beside a thread, for those who answer it: what is known of the thread, and its notes. A column where there is room.

import type { ComponentChildren } from "preact";
import { messages } from "../../i18n/messages";

export function DetailsPanel({ children }: { children: ComponentChildren }) {
  return (
    <aside class="details-panel" aria-label={messages.details.title}>
      <h2>{messages.details.title}</h2>
      {children}
    </aside>
  );
}
