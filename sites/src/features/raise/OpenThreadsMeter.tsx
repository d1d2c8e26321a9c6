// How many of the five threads that a raiser may have open are open now.

import { messages } from "../../i18n/messages";
import { view } from "../../sync/store";
import { Meter } from "../../ui/Meter";

export function OpenThreadsMeter() {
  const meter = view.value.meter;
  return meter && <Meter used={meter.open} most={meter.most} text={messages.openThreads.of(meter.open, meter.most)} />;
}
