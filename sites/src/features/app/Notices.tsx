// Notices about this browser or device, such as a full storage or a wrong clock. Each one can be closed.

import { signal } from "@preact/signals";
import { clockOffset } from "../../browser/server-clock";
import { storageStatus } from "../../browser/storage";
import { pageMessages } from "../../i18n/page-messages";
import { Notice } from "../../ui/Notice";

const MIN_CLOCK_MINUTES = 2; // smaller differences do not matter
const dismissed = signal<readonly string[]>([]);

export function Notices() {
  const texts = [storageNotice(), clockNotice()].filter(
    (text): text is string => text !== null && !dismissed.value.includes(text),
  );
  return (
    <>
      {texts.map((text) => (
        <Notice key={text} text={text} onClose={() => (dismissed.value = [...dismissed.peek(), text])} />
      ))}
    </>
  );
}

const storageNotice = (): string | null =>
  storageStatus.value === "available" ? null : pageMessages.notices[storageStatus.value];

function clockNotice(): string | null {
  const minutes = Math.round(-clockOffset.value / 60_000);
  return Math.abs(minutes) < MIN_CLOCK_MINUTES ? null : pageMessages.notices.clock(minutes);
}
