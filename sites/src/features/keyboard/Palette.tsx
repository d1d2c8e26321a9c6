// One field finds what can be done and where one can go, and Enter does it.

import { useEffect, useRef, useState } from "preact/hooks";
import { cleanLine } from "../../i18n/clean-text";
import { pageMessages } from "../../i18n/page-messages";
import { schools } from "../../sync/store";
import { Dialog } from "../../ui/Dialog";
import { isComposing } from "../../ui/is-composing";
import { Key } from "../../ui/Key";
import { useDirectory } from "../raise/use-directory";
import { type Command, groupsFor, pageCommands } from "./commands";
import { keyName } from "./key-name";

const { keyboard: texts } = pageMessages;
const LIST = "palette-list";
const optionId = (index: number): string => `${LIST}-${index}`;

interface PaletteProps {
  close: () => void;
  showHelp: () => void;
}

export function Palette({ close, showHelp }: PaletteProps) {
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState(0);
  const [page] = useState(pageCommands); // before the dialog covers them
  const list = useRef<HTMLDivElement>(null);
  const text = cleanLine(typed);
  const groups = groupsFor({ text, page, schools: useFoundSchools(text), showHelp });
  const commands = groups.flatMap((group) => group.commands);
  const current = Math.min(chosen, commands.length - 1);
  useEffect(() => list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }));
  const run = (command: Command | undefined) => {
    if (!command) return;
    close();
    setTimeout(command.run); // when the focus is back where it was
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) setChosen((current + by + commands.length) % commands.length);
    else if (event.key === "Enter") run(commands[current]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={texts.find} isTitleHidden onClose={close}>
      <div class="palette">
        <input
          type="text"
          role="combobox"
          aria-label={texts.find}
          aria-expanded={commands.length > 0}
          aria-controls={LIST}
          aria-autocomplete="list"
          aria-activedescendant={current >= 0 ? optionId(current) : undefined}
          autocomplete="off"
          dir={typed ? "auto" : undefined}
          placeholder={texts.find}
          value={typed}
          onInput={(event) => (setTyped(event.currentTarget.value), setChosen(0))}
          onKeyDown={onKeyDown}
        />
        <div role="listbox" id={LIST} aria-label={texts.find} ref={list}>
          {groups.map((group) => (
            <div role="group" aria-label={group.title} key={group.title}>
              <p class="palette-title" aria-hidden="true">
                {group.title}
              </p>
              {group.commands.map((command) => (
                <Option
                  key={commands.indexOf(command)}
                  id={optionId(commands.indexOf(command))}
                  isChosen={command === commands[current]}
                  command={command}
                  run={run}
                />
              ))}
            </div>
          ))}
        </div>
        <p class="muted" role="status">
          {commands.length === 0 && texts.none(text)}
        </p>
      </div>
    </Dialog>
  );
}

interface OptionProps {
  id: string;
  isChosen: boolean;
  command: Command;
  run: (command: Command) => void;
}

function Option({ id, isChosen, command, run }: OptionProps) {
  return (
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- the field keeps the focus, and hears the keys
    <div
      role="option"
      id={id}
      class="palette-option"
      tabIndex={-1}
      aria-selected={isChosen}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => run(command)}
    >
      <bdi>{command.label}</bdi>
      {command.note && <bdi class="palette-note">{command.note}</bdi>}
      {command.key && <Key of={keyName(command.key)} />}
    </div>
  );
}

/** The server finds the schools, where this site has a page for them. */
function useFoundSchools(text: string) {
  const hasSchools = document.querySelector(".tab-schools") !== null;
  const { found } = useDirectory(hasSchools && text ? text : null);
  const ids = found?.text === text ? found.ids : [];
  return ids.flatMap((id) => schools.value.get(id) ?? []);
}
