// One field finds what can be done and where one can go, and Enter does it.

import { useState } from "preact/hooks";
import { cleanLine } from "../../i18n/clean-text";
import { pageMessages } from "../../i18n/page-messages";
import { schools } from "../../sync/store";
import { Combobox, ListOption } from "../../ui/Combobox";
import { Dialog } from "../../ui/Dialog";
import { Key } from "../../ui/Key";
import { useDirectory } from "../raise/use-directory";
import { type Command, groupsFor, pageCommands } from "./commands";
import { keyName } from "./key-name";

const { keyboard: texts } = pageMessages;
const LIST = "palette-list";

interface PaletteProps {
  close: () => void;
  showHelp: () => void;
}

export function Palette({ close, showHelp }: PaletteProps) {
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState(0);
  const [page] = useState(pageCommands); // before the dialog covers them
  const text = cleanLine(typed);
  const groups = groupsFor({ text, page, schools: useFoundSchools(text), showHelp });
  const commands = groups.flatMap((group) => group.commands);
  const current = Math.min(chosen, commands.length - 1);
  const run = (command: Command | undefined) => {
    if (!command) return;
    close();
    setTimeout(command.run); // when the focus is back where it was
  };
  return (
    <Dialog title={texts.find} isTitleHidden onClose={close}>
      <div class="palette">
        <Combobox
          list={LIST}
          label={texts.find}
          text={typed}
          count={commands.length}
          active={current}
          setText={setTyped}
          setActive={setChosen}
          choose={(place) => run(commands[place])}
        />
        <div role="listbox" id={LIST} aria-label={texts.find}>
          {groups.map((group) => (
            <div role="group" aria-label={group.title} key={group.title}>
              <p class="palette-title" aria-hidden="true">
                {group.title}
              </p>
              {group.commands.map((command) => (
                <ListOption
                  key={commands.indexOf(command)}
                  list={LIST}
                  place={commands.indexOf(command)}
                  class="palette-option"
                  isActive={command === commands[current]}
                  choose={() => run(command)}
                >
                  <bdi>{command.label}</bdi>
                  {command.note && <bdi class="palette-note">{command.note}</bdi>}
                  {command.key && <Key of={keyName(command.key)} />}
                </ListOption>
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

/** The server finds the schools, where this site has a page for them. */
function useFoundSchools(text: string) {
  const hasSchools = document.querySelector(".tab-schools") !== null;
  const { found } = useDirectory(hasSchools && text ? text : null);
  const ids = found?.text === text ? found.ids : [];
  return ids.flatMap((id) => schools.value.get(id) ?? []);
}
