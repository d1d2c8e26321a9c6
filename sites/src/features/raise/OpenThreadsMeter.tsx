// How many of the five threads that a raiser may have open are open now.

import { messages } from "../../i18n/messages";
import { meter } from "../../sync/store";
import { Meter } from "../../ui/Meter";

export function OpenThreadsMeter() {
  const { value } = meter;
  return value && <Meter used={value.open} most={value.most} text={messages.openThreads(value.open, value.most)} />;
}
