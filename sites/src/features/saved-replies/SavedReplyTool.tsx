// A button beside the text box, and the key "/", open the saved replies. The one that is chosen is inserted at the cursor.
// What is typed in the menu tells nobody that somebody types.

import { MessageSquareText } from "lucide";
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { me } from "../../sync/store";
import { ensureSavedReplies, savedReplies } from "../../sync/saved-replies";
import { pageMessages } from "../../i18n/page-messages";
import { Icon } from "../../ui/Icon";
import { useTypedMenu } from "../../ui/use-typed-menu";
import { lazyPage } from "../app/lazy-page";
import { fillIn } from "./variables";

const { savedReplies: texts } = pageMessages;
const SavedReplyMenu = lazyPage(() => import("./SavedReplyMenu").then((part) => part.SavedReplyMenu));

const hasReplies = () => Boolean(savedReplies.peek()?.replies.length);

export function SavedReplyTool({ area }: { area: RefObject<HTMLTextAreaElement | null> }) {
  const { container, openedBy, bySign, open, close, write } = useTypedMenu({ area, sign: "/", hasChoices: hasReplies });
  const isOpen = openedBy !== null;
  useEffect(ensureSavedReplies, []);
  const openByButton = () => {
    ensureSavedReplies();
    open();
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
        onClick={() => (isOpen ? close() : openByButton())}
      >
        <Icon of={MessageSquareText} />
        <kbd aria-hidden="true">/</kbd>
      </button>
      {openedBy && (
        <div class="reply-menu" role="group" aria-label={texts.title}>
          <SavedReplyMenu
            choose={(reply) => write(fillIn(reply.text, me.peek()?.card?.name))}
            bySlash={openedBy === "sign" ? bySign : undefined}
          />
        </div>
      )}
    </div>
  );
}
