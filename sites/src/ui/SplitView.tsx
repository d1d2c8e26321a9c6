// A list and the thread that is chosen in it: one at a time on a phone, side by side where there is room.

import type { ComponentChildren, RefObject } from "preact";

interface SplitViewProps {
  title: string;
  /** Whether a thread is chosen. On a phone it takes the place of the list. */
  isDetailOpen: boolean;
  headerExtra?: ComponentChildren;
  /** The part that scrolls. */
  listRef?: RefObject<HTMLElement | null>;
  list: ComponentChildren;
  detailLabel: string;
  detail: ComponentChildren;
  /** A third column on wide screens. */
  aside?: ComponentChildren;
}

export function SplitView({
  title,
  isDetailOpen,
  headerExtra,
  listRef,
  list,
  detailLabel,
  detail,
  aside,
}: SplitViewProps) {
  const Heading = isDetailOpen ? "h2" : "h1";
  return (
    <div class={isDetailOpen ? "split-view detail-open" : "split-view"}>
      <section class="list-pane" aria-label={title} {...(listRef && { ref: listRef })}>
        <div class="list-head">
          <Heading class="page-title" tabIndex={-1}>
            {title}
          </Heading>
          {headerExtra}
        </div>
        {list}
      </section>
      <section class="thread-pane" aria-label={detailLabel}>
        {detail}
      </section>
      {aside}
    </div>
  );
}
