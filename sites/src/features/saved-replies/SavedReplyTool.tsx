// A button beside the text box, and the key "/", open the saved replies. The one that is chosen is inserted at the cursor.
//
// The menu has a field of its own to search in: what is typed there is in no draft, tells nobody that somebody types, and
// can never be sent.

import { MessageSquareText } from "lucide";
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { me } from "../../sync/store";
import { ensureSavedReplies, savedReplies } from "../../sync/saved-replies";
import { pageMessages } from "../../i18n/page-messages";
import { Icon } from "../../ui/Icon";
import { useCloseOutside } from "../../ui/use-close-outside";
import { lazyPage } from "../app/lazy-page";
import { insertText, type TextRange } from "../../ui/insert-text";
import { typedSlash } from "./slash";
import { fillIn } from "./variables";

const { savedReplies: texts } = pageMessages;
const SavedReplyMenu = lazyPage(() => import("./SavedReplyMenu").then((part) => part.SavedReplyMenu));

type OpenedBy = "slash" | "button";

export function SavedReplyTool({ area }: { area: RefObject<HTMLTextAreaElement | null> }) {
  const [openedBy, setOpenedBy] = useState<OpenedBy | null>(null);
  const range = useRef<TextRange>({ start: 0, end: 0 }); // what the reply is inserted in place of
  const container = useRef<HTMLDivElement>(null);
  const isOpen = openedBy !== null;
  useEffect(ensureSavedReplies, []);
  useEffect(() => {
    const textarea = area.current;
    const onInput = (event: Event) => {
      if (!textarea) return;
      const { value, selectionStart } = textarea;
      const start = typedSlash(event as InputEvent, value, selectionStart);
      // Nobody who has no saved replies shall meet an empty menu at each "/".
      if (start !== null && savedReplies.peek()?.replies.length) {
        range.current = { start, end: start + 1 };
        setOpenedBy("slash");
      } else setOpenedBy((by) => (isStillAsked(value, range.current.start) ? by : null));
    };
    textarea?.addEventListener("input", onInput);
    return () => textarea?.removeEventListener("input", onInput);
  }, [area]);
  useCloseOutside(container, isOpen, () => setOpenedBy(null));
  const open = () => {
    const { selectionStart: start = 0, selectionEnd: end = 0 } = area.current ?? {};
    range.current = { start, end };
    ensureSavedReplies();
    setOpenedBy("button");
  };
  const close = () => {
    setOpenedBy(null);
    area.current?.focus();
  };
  const write = (text: string) => {
    if (area.current) insertText(area.current, text, range.current);
    setOpenedBy(null);
  };
  /** What was typed after "/" while the menu was on its way: it is what is searched for, and goes with the "/". */
  const takeTyped = () => {
    const { value = "", selectionStart: caret = 0 } = area.current ?? {};
    const typed = value.slice(range.current.end, caret);
    range.current = { ...range.current, end: Math.max(caret, range.current.end) };
    return typed;
  };
  /** At once after "/", a space, another "/" or a backspace are meant for the text. */
  const giveBack = (typed: string) => {
    const { end } = range.current;
    if (typed) range.current = { start: end, end };
    write(typed);
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- hears the keys of the button and the menu in it
    <div
      class="composer-tool"
      ref={container}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !isOpen) return;
        event.stopPropagation();
        close();
      }}
    >
      <button
        type="button"
        class="icon-button"
        title={texts.shortcut}
        aria-label={texts.title}
        aria-expanded={isOpen}
        onClick={() => (isOpen ? close() : open())}
      >
        <Icon of={MessageSquareText} />
        <kbd aria-hidden="true">/</kbd>
      </button>
      {openedBy && (
        <div class="reply-menu" role="group" aria-label={texts.title}>
          <SavedReplyMenu
            choose={(reply) => write(fillIn(reply.text, me.peek()?.card?.name))}
            bySlash={openedBy === "slash" ? { takeTyped, giveBack } : undefined}
          />
        </div>
      )}
    </div>
  );
}

/** Whether "/" still stands there, and what follows it may be searched for. */
const isStillAsked = (text: string, start: number): boolean => /^\/(?![\s/])/.test(text.slice(start));
