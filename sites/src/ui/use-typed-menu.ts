// A menu that a sign opens as it is typed in a text box, such as "/" or "@". What is chosen comes in place of the sign.
//
// The menu has a field of its own to search in: what is typed there is in no draft, and can never be sent.

import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { insertText, setText, type TextRange } from "./insert-text";
import { isStillAsked, typedSign } from "./typed-sign";
import { useCloseOutside } from "./use-close-outside";

interface Options {
  area: RefObject<HTMLTextAreaElement | null>;
  sign: string;
  /** Nobody who has nothing to choose shall meet an empty menu at each sign. */
  hasChoices: () => boolean;
}

/** What a menu that a sign has opened does with text. */
export interface BySign {
  /** What was typed after the sign before the menu was there: it is what is searched for, and goes with the sign. */
  takeTyped: () => string;
  /** Writes into the text what was not meant for the menu. */
  giveBack: (typed: string) => void;
  /** What is typed in the menu: it follows the sign if the person goes elsewhere. */
  remember: (typed: string) => void;
}

export interface TypedMenu {
  /** Of the element that holds the menu. */
  container: RefObject<HTMLDivElement | null>;
  openedBy: "sign" | "button" | null;
  bySign: BySign;
  /** For a button that opens the menu too. */
  open: () => void;
  /** The focus returns to the text. */
  close: () => void;
  /** Writes a text in place of the sign, or at the cursor. */
  write: (text: string) => void;
}

export function useTypedMenu({ area, sign, hasChoices }: Options): TypedMenu {
  const [openedBy, setOpenedBy] = useState<TypedMenu["openedBy"]>(null);
  const range = useRef<TextRange>({ start: 0, end: 0 }); // what the choice is inserted in place of
  const typed = useRef("");
  const container = useRef<HTMLDivElement>(null);
  const mayOpen = useRef(hasChoices);
  mayOpen.current = hasChoices;
  useEffect(() => {
    const textarea = area.current;
    const onInput = (event: Event) => {
      if (!textarea) return;
      const { value, selectionStart } = textarea;
      const start = typedSign(sign, event as InputEvent, value, selectionStart);
      if (start !== null && mayOpen.current()) {
        range.current = { start, end: start + 1 };
        setOpenedBy("sign");
      } else setOpenedBy((by) => (isStillAsked(sign, value, range.current.start) ? by : null));
    };
    textarea?.addEventListener("input", onInput);
    return () => textarea?.removeEventListener("input", onInput);
  }, [area, sign]);
  const hide = () => {
    typed.current = "";
    setOpenedBy(null);
  };
  useCloseOutside(container, openedBy !== null, () => {
    const { start, end } = range.current;
    if (typed.current && area.current) setText(area.current, typed.current, { start: start + 1, end });
    hide();
  });
  const write = (text: string) => {
    hide(); // before the focus leaves the menu
    if (area.current) insertText(area.current, text, range.current);
  };
  const takeTyped = () => {
    const { value = "", selectionStart: caret = 0 } = area.current ?? {};
    const early = value.slice(range.current.end, caret);
    range.current = { ...range.current, end: Math.max(caret, range.current.end) };
    return early;
  };
  /** An empty text deletes the sign. */
  const giveBack = (text: string) => {
    const { start, end } = range.current;
    range.current = { start: text ? start + 1 : start, end };
    write(text);
  };
  return {
    container,
    openedBy,
    bySign: { takeTyped, giveBack, remember: (text) => void (typed.current = text) },
    open: () => {
      const { selectionStart: start = 0, selectionEnd: end = 0 } = area.current ?? {};
      range.current = { start, end };
      setOpenedBy("button");
    },
    close: () => {
      hide();
      area.current?.focus();
    },
    write,
  };
}
