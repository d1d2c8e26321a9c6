// A text that is being written is never lost: each letter is stored in a draft, and a sent text is pending until the
// server confirms it.

import { SendHorizontal } from "lucide";
import type { ComponentType, RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Account } from "../../sync/account";
import { cleanText, countLeft, isAccepted } from "../../i18n/clean-text";
import { TEXT_FIELDS } from "../../i18n/text-fields";
import { TYPING_EVERY } from "../../api/protocol";
import { account, session } from "../../sync/store";
import { shortcut } from "../../browser/single-keys";
import { localNamespace } from "../../browser/storage";
import { pageMessages } from "../../i18n/page-messages";
import { errorMessage } from "../../api/client";
import { announce } from "../../ui/announce";
import { SHOWN_BELOW, useCharactersLeft } from "../../ui/characters-left";
import { Form } from "../../ui/Form";
import { Icon } from "../../ui/Icon";
import { DraftConflicts } from "../drafts/UnsentTexts";
import { KeptUntil } from "../retention/KeptUntil";
import { toast } from "../../ui/toast";
import { isComposing } from "../../ui/is-composing";

const hasKeyboard = matchMedia("(hover: hover) and (pointer: fine)");
const hintStorage = localNamespace("uconnect");
const lastTypingAt = new Map<string, number>();

/** Something beside the text box that writes into it. */
export type ComposerTool = ComponentType<{ area: RefObject<HTMLTextAreaElement | null> }>;

interface ComposerProps {
  id: string;
  recipient: string;
  confirmSend?: (text: string) => Promise<boolean>;
  tool?: ComposerTool | undefined;
}

/** Drawn once the account is known: before that, nothing that is typed could be stored. */
export function Composer(props: ComposerProps) {
  if (!account.value) return null;
  return (
    <>
      <KeptUntil id={props.id} />
      <MessageForm {...props} ownAccount={account.value} />
    </>
  );
}

function MessageForm({ id, recipient, confirmSend, tool: Tool, ownAccount }: ComposerProps & { ownAccount: Account }) {
  const { drafts } = ownAccount;
  const area = useRef<HTMLTextAreaElement>(null);
  const { text } = drafts.get(id);
  const [showHint, setShowHint] = useState(() => hasKeyboard.matches && hintStorage.get("enter") === null);
  const charactersLeft = countLeft(text, TEXT_FIELDS.message);
  const isLong = charactersLeft < 0;
  const canSend = isAccepted(text, TEXT_FIELDS.message);
  const left = pageMessages.composer.left(charactersLeft, TEXT_FIELDS.message.most);
  useCharactersLeft(charactersLeft, left);

  useLayoutEffect(() => {
    const textarea = area.current;
    if (!textarea) return;
    textarea.style.height = "auto";
    textarea.style.height = `${textarea.scrollHeight}px`;
  }, [text]);

  const write = (value: string) => {
    drafts.write(id, { text: value, subject: "" });
    const now = performance.now();
    const every = session.config.typing ?? TYPING_EVERY;
    if (value.trim() === "" || now - (lastTypingAt.get(id) ?? -every) < every) return;
    if (session.socket.send({ t: "typing", id })) lastTypingAt.set(id, now);
  };
  const send = async () => {
    if (!canSend) return;
    if (confirmSend && !(await confirmSend(cleanText(text)))) return area.current?.focus();
    if (!ownAccount.send("message", id)) toast(pageMessages.composer.changed);
    lastTypingAt.delete(id);
    area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const isPlainEnter = event.key === "Enter" && !event.shiftKey && !isComposing(event);
    if (!isPlainEnter || !hasKeyboard.matches) return;
    event.preventDefault();
    if (isLong) announce(left, "assertive");
    if (!canSend) return;
    hintStorage.set("enter", "known");
    setShowHint(false);
    area.current?.form?.requestSubmit();
  };

  return (
    <Form class="composer" submit={send} describeError={errorMessage}>
      <DraftConflicts target={id} />
      <div class="composer-box" data-key={shortcut("r")}>
        <textarea
          ref={area}
          rows={1}
          value={text}
          dir={text ? "auto" : undefined}
          aria-label={pageMessages.composer.label(recipient)}
          aria-keyshortcuts={shortcut("r")}
          aria-invalid={isLong}
          aria-describedby={charactersLeft <= SHOWN_BELOW ? "characters-left" : showHint ? "enter-hint" : undefined}
          placeholder={pageMessages.composer.placeholder}
          enterkeyhint={hasKeyboard.matches ? "send" : "enter"}
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        {Tool && <Tool key={id} area={area} />}
        <button type="submit" class="send" aria-label={pageMessages.composer.send} disabled={!canSend}>
          <Icon of={SendHorizontal} />
        </button>
      </div>
      {charactersLeft <= SHOWN_BELOW ? (
        <p class={isLong ? "composer-note error-text" : "composer-note"} id="characters-left">
          {left}
        </p>
      ) : (
        showHint && (
          <p class="composer-note" id="enter-hint">
            {pageMessages.composer.hint}
          </p>
        )
      )}
    </Form>
  );
}
