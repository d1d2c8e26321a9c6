// The saved replies to choose from, filtered as one types (ARIA: a combobox with a list box). It opens above the text box,
// and its field is at its lower end, so that the field stays where it is while the list becomes shorter.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { SavedReply } from "../../api/types";
import { href } from "../../browser/route";
import { cutText } from "../../i18n/graphemes";
import { pageMessages } from "../../i18n/page-messages";
import { loadSavedReplies, savedReplies, savedRepliesError } from "../../sync/saved-replies";
import { me, session } from "../../sync/store";
import { refresh } from "../../sync/sync";
import { Combobox, ListOption } from "../../ui/Combobox";
import { LoadFailure } from "../../ui/LoadFailure";
import { Skeleton } from "../../ui/Skeleton";
import type { BySign } from "../../ui/use-typed-menu";
import { findReplies } from "./find-replies";
import { fillIn } from "./variables";

const { savedReplies: texts } = pageMessages;
const ID = "saved-replies"; // one menu is open at a time
const PREVIEW = 160; // characters of a text that are shown, and read out
const hasKeyboard = matchMedia("(hover: hover) and (pointer: fine)");

interface SavedReplyMenuProps {
  choose: (reply: SavedReply) => void;
  /** Given if "/" has opened the menu. */
  bySlash: BySign | undefined;
}

export function SavedReplyMenu({ choose, bySlash }: SavedReplyMenuProps) {
  const [typed, setTyped] = useState(() => bySlash?.takeTyped() ?? "");
  const [place, setPlace] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const list = savedReplies.value;
  const found = findReplies(list?.replies ?? [], typed);
  const active = Math.min(place, found.length - 1);
  const isSchool = session.config.site === "school";
  const hasAny = Boolean(list?.replies.length);
  const isForKeyboard = bySlash !== undefined || hasKeyboard.matches; // on a phone, its keyboard would cover the list
  useLayoutEffect(() => {
    // Before the next key is typed: it is meant for the field.
    if (hasAny && isForKeyboard) input.current?.focus();
  }, [hasAny, isForKeyboard]);
  if (!list && savedRepliesError.value)
    return <LoadFailure text={savedRepliesError.value} retry={() => void refresh(loadSavedReplies())} />;
  if (!list) return <Skeleton label={texts.loading} lines={2} />;
  if (!hasAny)
    return (
      <p class="reply-menu-text">
        {isSchool ? texts.none : texts.noneOfSchool} {isSchool && <a href={href("replies")}>{texts.first}</a>}
      </p>
    );
  const chooseAt = (at: number): void => {
    const reply = found[at];
    if (reply) choose(reply);
  };
  /** At once after "/", a space, another "/" or a backspace are meant for the text. */
  const takeKey = (key: string): boolean => {
    if (typed !== "" || !bySlash || ![" ", "/", "Backspace"].includes(key)) return false;
    bySlash.giveBack(key === "Backspace" ? "" : key);
    return true;
  };
  return (
    <>
      <div class="reply-options" role="listbox" id={ID} aria-label={texts.title}>
        {found.map((reply, place) => (
          <ListOption
            key={reply.id}
            list={ID}
            place={place}
            class="reply-option"
            isActive={place === active}
            choose={() => choose(reply)}
          >
            <bdi class="reply-title">{reply.title}</bdi>
            {reply.folder && <bdi class="reply-folder">{reply.folder}</bdi>}
            <span class="reply-text" dir="auto">
              {cutText(fillIn(reply.text, me.value?.card?.name), PREVIEW)}
            </span>
          </ListOption>
        ))}
      </div>
      <p class="reply-menu-text" role="status">
        {found.length === 0 && texts.noMatch(typed)}
      </p>
      <div class="reply-search">
        <Combobox
          list={ID}
          label={texts.search}
          text={typed}
          count={found.length}
          active={active}
          setText={setTyped}
          setActive={setPlace}
          choose={chooseAt}
          takeKey={takeKey}
          input={input}
        />
        {isSchool && <a href={href("replies")}>{texts.edit}</a>}
      </div>
    </>
  );
}
