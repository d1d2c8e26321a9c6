// Where there is no room for a column beside the thread, a button opens the same details as a dialog.

import { Info } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { shortcut } from "../../browser/single-keys";
import { messages } from "../../i18n/messages";
import { pageMessages } from "../../i18n/page-messages";
import { account, internalNotes, session } from "../../sync/store";
import { loadInternalNotes } from "../../sync/load-internal-notes";
import { openedPlace } from "../../sync/opened-place";
import { refresh } from "../../sync/sync";
import { Badge } from "../../ui/Badge";
import { Dialog } from "../../ui/Dialog";
import { Icon } from "../../ui/Icon";

const { details: texts } = pageMessages;
const { title } = messages.details;

/** The button shows how many notes are new, or how many there are, so it loads them. */
export function DetailsButton({ id, children }: { id: string; children: ComponentChildren }) {
  const [isOpen, setIsOpen] = useState(false);
  const isConnected = session.socket.isReachable.value;
  useEffect(() => {
    if (isConnected) void refresh(loadInternalNotes(id));
  }, [id, isConnected]);
  const button = useRef<HTMLButtonElement>(null);
  const place = openedPlace.value;
  useEffect(() => {
    if (place?.id !== id || !place.isNote) return;
    // Beside a column with the notes, the button is hidden.
    if (button.current?.checkVisibility()) setIsOpen(true);
    if (!place.text) openedPlace.value = null; // without words to mark, it is opened once
  }, [place, id]);
  const unseen = account.value?.marks.unseenNotes(id, internalNotes.value.get(id)).length ?? 0;
  const notes = internalNotes.value.get(id)?.filter((entry) => entry.as !== "assigned").length ?? 0;
  return (
    <>
      <button
        type="button"
        class="icon-button details-button"
        ref={button}
        aria-keyshortcuts={shortcut("n")}
        onClick={() => setIsOpen(true)}
      >
        <Icon of={Info} />
        <span class="visually-hidden">{title}</span>
        {unseen > 0 ? (
          <Badge count={unseen} text={texts.newNotes(unseen)} />
        ) : (
          notes > 0 && <Badge count={notes} text={texts.notes(notes)} isQuiet />
        )}
      </button>
      {isOpen && (
        <Dialog title={title} onClose={() => setIsOpen(false)} closeLabel={texts.close}>
          {children}
        </Dialog>
      )}
    </>
  );
}
