// "@" in a note offers those who can read it. The one who is chosen is written into the note by name.

import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { searchKey } from "../../i18n/compare-text";
import { pageMessages } from "../../i18n/page-messages";
import { Avatar } from "../../ui/Avatar";
import { Combobox, ListOption } from "../../ui/Combobox";
import { type BySign, useTypedMenu } from "../../ui/use-typed-menu";
import { mentionOf } from "./find-mentions";

const { mention: texts } = pageMessages.notes;
const ID = "mentions"; // one menu is open at a time

interface MentionToolProps {
  area: RefObject<HTMLTextAreaElement | null>;
  /** Of those who can read the note. */
  names: readonly string[];
}

export function MentionTool({ area, names }: MentionToolProps) {
  const { container, openedBy, bySign, close, write } = useTypedMenu({
    area,
    sign: "@",
    hasChoices: () => names.length > 0,
  });
  return (
    <div class="mention-tool" ref={container}>
      {openedBy && (
        <div class="reply-menu" role="group" aria-label={texts.title}>
          <MentionMenu
            names={names}
            choose={(name) => write(`${mentionOf(name)} `)}
            leave={(typed) => (typed ? bySign.giveBack(typed) : close())}
            bySign={bySign}
          />
        </div>
      )}
    </div>
  );
}

interface MentionMenuProps extends Pick<MentionToolProps, "names"> {
  choose: (name: string) => void;
  /** Closes the menu. "@" and what was typed stay in the note. */
  leave: (typed: string) => void;
  bySign: BySign;
}

/** What is typed and is no name goes back into the note, where it was meant to be. */
function MentionMenu({ names, choose, leave, bySign }: MentionMenuProps) {
  const [typed, setTyped] = useState(() => bySign.takeTyped());
  const [place, setPlace] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const found = findNames(names, typed);
  useLayoutEffect(() => input.current?.focus(), []); // before the next key is typed: it is meant for the field
  useLayoutEffect(() => {
    bySign.remember(typed);
    if (found.length === 0) bySign.giveBack(typed);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what was typed before the menu was there
  }, []);
  const change = (text: string, isUnfinished: boolean) => {
    bySign.remember(text);
    if (isUnfinished || findNames(names, text).length > 0) setTyped(text);
    else bySign.giveBack(text);
  };
  const takeKey = (key: string): boolean => {
    if (key === "Backspace" && typed === "") bySign.giveBack("");
    else if ((key === " " || key === "@") && typed === "") bySign.giveBack(key);
    else return false;
    return true;
  };
  const active = Math.min(place, found.length - 1);
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- hears the keys of the field in it
    <div
      class="mention-menu"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault(); // a dialog around the notes stays
        event.stopPropagation();
        leave(typed);
      }}
    >
      <div class="reply-options" role="listbox" id={ID} aria-label={texts.title}>
        {found.map((name, at) => (
          <ListOption
            key={name}
            list={ID}
            place={at}
            class="mention-option"
            isActive={at === active}
            choose={() => choose(name)}
          >
            <Avatar name={name} />
            <bdi>{name}</bdi>
          </ListOption>
        ))}
      </div>
      <div class="reply-search">
        <Combobox
          list={ID}
          label={texts.title}
          text={typed}
          count={found.length}
          active={active}
          setText={change}
          setActive={setPlace}
          choose={(at) => {
            const name = found[at];
            if (name !== undefined) choose(name);
          }}
          takeKey={takeKey}
          input={input}
        />
      </div>
    </div>
  );
}

/** A part of a name that is typed begins a word of it. */
const findNames = (names: readonly string[], typed: string): readonly string[] =>
  names.filter((name) => typed.trim() === "" || ` ${searchKey(name)}`.includes(` ${searchKey(typed)}`));
