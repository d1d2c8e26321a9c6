// A list and what is chosen in it: one at a time on a phone, side by side where there is room.

import type { ComponentChildren } from "preact";
import { route } from "../route";
import { loaded } from "../session";
import { words } from "../words";
import { Skeleton } from "./bits";
import { Leftovers } from "./writing";

interface PanesProps {
  title: string;
  beside?: ComponentChildren;
  list: ComponentChildren;
  thread: ComponentChildren;
  about?: ComponentChildren;
}

export function Panes({ title, beside, list, thread, about }: PanesProps) {
  const { id } = route.value;
  const Heading = id === "" ? "h1" : "h2";
  return (
    <div class={id === "" ? "panes" : "panes inside"}>
      <section class="list-pane" aria-label={title}>
        <div class="list-head">
          <Heading class="page-title" tabIndex={-1}>
            {title}
          </Heading>
          {beside}
        </div>
        {loaded.value ? list : <Skeleton label={words.list.loading} lines={6} />}
        <Leftovers page={route.value.page} />
      </section>
      <section class="thread-pane" aria-label={words.thread.title}>
        {thread}
      </section>
      {about}
    </div>
  );
}
