// The setting of single keys, and the way to the list of all keys.

import { shortcut } from "../../browser/single-keys";
import { pageMessages } from "../../i18n/page-messages";
import { showHelp } from "./Keyboard";
import { SingleKeysSwitch } from "./SingleKeysSwitch";

const { keyboard: texts } = pageMessages;

export function KeyboardSetting() {
  return (
    <section class="page-section keyboard-setting">
      <h2>{texts.section}</h2>
      <SingleKeysSwitch />
      <button type="button" class="button" aria-keyshortcuts={shortcut("?")} onClick={showHelp}>
        {texts.showAll}
      </button>
    </section>
  );
}
