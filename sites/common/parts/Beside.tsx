// Beside a thread, for those who answer: what is known of it and what was noted. A column where there is room, else a dialog.

import { Info } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { loadAsides } from "../resume";
import { asides, session } from "../session";
import { words } from "../words";
import { Dialog } from "./Dialog";
import { Icon } from "./Icon";

const { about } = words;

export function BesidePane({ children }: { children: ComponentChildren }) {
  return (
    <aside class="about-pane" aria-label={about.title}>
      <h2>{about.title}</h2>
      {children}
    </aside>
  );
}

/** The button that opens the same as a dialog; it counts the notes, so it asks for them. */
export function BesideButton({ id, children }: { id: string; children: ComponentChildren }) {
  const [asked, ask] = useState(false);
  const live = session.socket.state.value === "open";
  useEffect(() => {
    if (live) void loadAsides(id).catch(() => undefined); // asked again at the next connection
  }, [id, live]);
  const notes = asides.value.get(id)?.filter((entry) => entry.as !== "assigned").length ?? 0;
  return (
    <>
      <button type="button" class="icon-button about-button" aria-label={about.title} onClick={() => ask(true)}>
        <Icon of={Info} />
        {notes > 0 && (
          <span class="badge">
            <span aria-hidden="true">{notes}</span>
            <span class="sr">{about.notes(notes)}</span>
          </span>
        )}
      </button>
      {asked && (
        <Dialog title={about.title} close={() => ask(false)} leave={about.close}>
          {children}
        </Dialog>
      )}
    </>
  );
}
