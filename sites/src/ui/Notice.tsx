// One line about this browser or device, which a person can close.

import { X } from "lucide";
import { messages } from "../i18n/messages";
import { Icon } from "./Icon";

export function Notice({ text, onClose }: { text: string; onClose: () => void }) {
  return (
    <p class="notice">
      <span>{text}</span>
      <button type="button" class="icon-button" aria-label={messages.notices.close} onClick={onClose}>
        <Icon of={X} size={18} />
      </button>
    </p>
  );
}
