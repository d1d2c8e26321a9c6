// One line about this browser or device, which a person can close.

import { X } from "lucide";
import { pageMessages } from "../i18n/page-messages";
import { Icon } from "./Icon";

export function Notice({ text, onClose }: { text: string; onClose: () => void }) {
  return (
    <p class="notice">
      <span>{text}</span>
      <button type="button" class="icon-button" aria-label={pageMessages.notices.close} onClick={onClose}>
        <Icon of={X} size={18} />
      </button>
    </p>
  );
}
