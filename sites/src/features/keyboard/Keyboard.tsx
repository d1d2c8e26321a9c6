// The keys of a site, the palette and the list of keys. The button shows the palette's key where there is a keyboard.

import { Search } from "lucide";
import { useEffect } from "preact/hooks";
import { pageMessages } from "../../i18n/page-messages";
import { Icon } from "../../ui/Icon";
import { overlay } from "../../ui/Overlay";
import { keyName } from "./key-name";
import { KeyHelp } from "./KeyHelp";
import { isMac, listenForKeys } from "./keys";
import { Palette } from "./Palette";

const close = () => (overlay.value = null);

export const showHelp = () => (overlay.value = <KeyHelp close={close} />);

/** The same key closes it. Over a question it does not open: the question waits for an answer. */
function togglePalette(): void {
  if (document.querySelector(".palette")) close();
  else if (overlay.peek() === null) overlay.value = <Palette close={close} showHelp={showHelp} />;
}

export function Keyboard() {
  useEffect(() => listenForKeys({ palette: togglePalette, help: showHelp }), []);
  return (
    <div class="header-find">
      <button
        type="button"
        class="palette-button"
        aria-label={pageMessages.keyboard.find}
        aria-keyshortcuts={isMac ? "Meta+K" : "Control+K"}
        data-key={keyName("Control+K")}
        onClick={togglePalette}
      >
        <Icon of={Search} size={18} />
      </button>
    </div>
  );
}
