// The text of a message, and what can be done with it.

import type { ComponentChildren, RefObject } from "preact";
import { useContext, useRef, useState } from "preact/hooks";
import { pageMessages } from "../../i18n/page-messages";
import { hasWord } from "../../i18n/find-words";
import { markedWords } from "../../sync/opened-place";
import { copyText } from "../../browser/copy-text";
import { MarkedText } from "../../ui/MarkedText";
import { toast } from "../../ui/toast";
import { MessageActionContext } from "./message-action";
import { canQuote, quoteMessage, selectedIn } from "./quote-message";
import { isLongText } from "./timeline";

const { log: texts, unsentTexts } = pageMessages;

interface MessageBodyProps {
  text: string;
  /** Whether the keyboard reaches its actions; those of the other messages by the arrow keys from there. */
  isReached: boolean;
  /** null: it is of one's own side, which has read it. */
  markUnread: (() => void) | null;
}

export function MessageBody({ text, isReached, markUnread }: MessageBodyProps) {
  const action = useContext(MessageActionContext);
  const [isOpen, setIsOpen] = useState(false);
  const bubble = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const selected = useRef(""); // before the press on the button ends it
  const close = () => {
    setIsOpen(false);
    button.current?.focus();
  };
  const copy = async () => {
    toast((await copyText(text)) ? unsentTexts.copied : unsentTexts.notCopied);
    close();
  };
  return (
    <>
      <MessageText text={text} bubble={bubble}>
        <button
          type="button"
          ref={button}
          class="message-more"
          aria-label={markUnread ? texts.moreOfOthers : texts.more}
          aria-expanded={isOpen}
          tabIndex={isReached ? 0 : -1}
          onPointerDown={() => (selected.current = selectedIn(bubble.current))}
          onClick={() => setIsOpen(!isOpen)}
        />
      </MessageText>
      {isOpen && (
        // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- hears the keys of the buttons in it
        <div
          class="message-actions"
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.stopPropagation();
            close();
          }}
        >
          {canQuote() && (
            <button
              type="button"
              class="link"
              onClick={() => {
                setIsOpen(false);
                quoteMessage(selected.current || text);
              }}
            >
              {texts.quote}
            </button>
          )}
          {action && selected.current && (
            <button
              type="button"
              class="link"
              onClick={() => {
                close();
                action.run(selected.current);
              }}
            >
              {action.label}
            </button>
          )}
          <button type="button" class="link" onClick={() => void copy()}>
            {unsentTexts.copy}
          </button>
          {markUnread && (
            <button type="button" class="link" onClick={markUnread}>
              {texts.markUnread}
            </button>
          )}
        </div>
      )}
    </>
  );
}

interface MessageTextProps {
  text: string;
  bubble?: RefObject<HTMLDivElement | null>;
  children?: ComponentChildren;
}

/** A long text is folded, unless it has words that were searched for. */
export function MessageText({ text, bubble, children }: MessageTextProps) {
  const words = markedWords.value;
  const [isExpanded, setIsExpanded] = useState(() => hasWord(text, words));
  const long = isLongText(text);
  return (
    <div class="bubble" dir="auto" {...(bubble && { ref: bubble })}>
      <MarkedText text={text} class={long && !isExpanded ? "collapsed" : undefined} words={words} />
      {long && (
        <button type="button" class="link" aria-expanded={isExpanded} onClick={() => setIsExpanded(!isExpanded)}>
          {isExpanded ? texts.showLess : texts.showAll}
        </button>
      )}
      {children}
    </div>
  );
}

const STOPS = ".message-more, .time-button";

/** Up and down lead from the actions of a message to its time, and to the next message: all of them are one stop of Tab. */
export function moveBetweenMessages(event: KeyboardEvent): void {
  const { target, currentTarget, key } = event;
  const step = key === "ArrowUp" ? -1 : key === "ArrowDown" ? 1 : 0;
  if (!step || !(target instanceof HTMLElement) || !target.matches(STOPS)) return;
  const all = [...(currentTarget as HTMLElement).querySelectorAll<HTMLElement>(STOPS)];
  const next = all[all.indexOf(target) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
