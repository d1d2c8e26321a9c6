// The keys of this page, and the switch that turns single keys off.

import { singleKeys } from "../../browser/single-keys";
import { pageMessages } from "../../i18n/page-messages";
import { Dialog } from "../../ui/Dialog";
import { Key } from "../../ui/Key";
import { keyName } from "./key-name";
import { keysOfPage } from "./keys";
import { SingleKeysSwitch } from "./SingleKeysSwitch";

const { keyboard: texts } = pageMessages;

type Line = readonly [keys: readonly string[], text: string | undefined];

function linesOfPage(): Line[] {
  const { hasList, threadKeys } = keysOfPage();
  const ofList: Line[] = [
    [["j", "k"], texts.nextAndPrevious],
    [["Enter"], texts.open],
    [["Escape"], pageMessages.toList],
  ];
  const ofThread = threadKeys.map((key): Line => [[key], texts.keys[key]]);
  return [
    ...(hasList ? [...ofList, ...ofThread] : []),
    [["/"], texts.keys["/"]],
    [["Control+K"], texts.find],
    [["?"], texts.thisList],
  ];
}

export function KeyHelp({ close }: { close: () => void }) {
  const { hasList } = keysOfPage();
  const lines = linesOfPage().filter(([[key = ""]]) => singleKeys.value || key.length > 1);
  return (
    <Dialog title={texts.help} onClose={close} closeLabel={texts.close}>
      <dl class="key-list">
        {lines.map(([keys, text]) => (
          <div key={text}>
            <dt>
              {keys.map((key) => (
                <Key key={key} of={keyName(key)} />
              ))}
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      {hasList && <p class="hint">{texts.marks}</p>}
      <SingleKeysSwitch />
    </Dialog>
  );
}
