// What is being written is never lost: it is a draft with each letter, and an unsent message from the moment it is sent.

import { SendHorizontal } from "lucide";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Account } from "../drafts/account";
import { cleanText } from "../drafts/text";
import { TEXT_POINTS, TYPING_EVERY } from "../protocol";
import { account, session } from "../session";
import { browserDrawer } from "../storage";
import { words } from "../words";
import { Icon } from "./Icon";
import { Aside } from "./KeptTexts";
import { toast } from "./Toasts";
import { isComposing } from "./typing";

const keyboard = matchMedia("(hover: hover) and (pointer: fine)");
const hints = browserDrawer("uconnect");
const typed = new Map<string, number>();

interface ComposerProps {
  id: string;
  who: string;
  mayLeave?: (text: string) => Promise<boolean>;
}

/** There once the account is known: before, there is nowhere to keep what is typed. */
export function Composer(props: ComposerProps) {
  return account.value && <Write {...props} mine={account.value} />;
}

function Write({ id, who, mayLeave, mine }: ComposerProps & { mine: Account }) {
  const { drafts } = mine;
  const area = useRef<HTMLTextAreaElement>(null);
  const { text } = drafts.of(id);
  const [hint, setHint] = useState(() => keyboard.matches && hints.get("enter") === null);
  const left = TEXT_POINTS - [...text].length;
  const ready = text.trim() !== "" && left >= 0;

  useLayoutEffect(() => {
    const box = area.current;
    if (!box) return;
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  }, [text]);

  const write = (value: string) => {
    drafts.write(id, { text: value, subject: "" });
    const now = performance.now();
    if (value.trim() === "" || now - (typed.get(id) ?? -TYPING_EVERY) < TYPING_EVERY) return;
    if (session.socket.send({ t: "typing", id })) typed.set(id, now);
  };
  const send = async () => {
    if (!ready) return;
    if (mayLeave && !(await mayLeave(cleanText(text)))) return area.current?.focus();
    if (!mine.send("message", id)) toast(words.composer.changed);
    typed.delete(id);
    area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const plain = event.key === "Enter" && !event.shiftKey && !isComposing(event);
    if (!plain || !keyboard.matches) return;
    event.preventDefault();
    if (!ready) return;
    hints.set("enter", "known");
    setHint(false);
    void send();
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Aside place={id} />
      <div class="composer-box">
        <textarea
          ref={area}
          rows={1}
          value={text}
          dir={text ? "auto" : undefined}
          aria-label={words.composer.label(who)}
          aria-describedby={hint ? "enter-hint" : undefined}
          placeholder={words.composer.placeholder}
          enterkeyhint={keyboard.matches ? "send" : "enter"}
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <button type="submit" class="send" aria-label={words.composer.send} disabled={!ready}>
          <Icon of={SendHorizontal} />
        </button>
      </div>
      {left < 400 ? (
        <p class={left < 0 ? "composer-note wrong" : "composer-note"} role="status">
          {words.composer.left(left)}
        </p>
      ) : (
        hint && (
          <p class="composer-note" id="enter-hint">
            {words.composer.hint}
          </p>
        )
      )}
    </form>
  );
}
