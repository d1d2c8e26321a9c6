// Whether a single key acts. It is the same switch in the settings and beside the list of keys.

import { singleKeys } from "../../browser/single-keys";
import { pageMessages } from "../../i18n/page-messages";

const { keyboard: texts } = pageMessages;

export function SingleKeysSwitch() {
  return (
    <div>
      <label class="radio">
        <input
          type="checkbox"
          role="switch"
          checked={singleKeys.value}
          onChange={(event) => (singleKeys.value = event.currentTarget.checked)}
        />
        {texts.single}
      </label>
      <p class="hint">{texts.singleHint}</p>
    </div>
  );
}
