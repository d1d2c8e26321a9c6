// A worker switches whether new threads are assigned to them automatically. The switch is above the list.

import { announce } from "../../ui/announce";
import { Switch } from "../../ui/Switch";
import { useAction } from "../app/use-action";
import { refetch, refresh } from "../../sync/sync";
import { me, session } from "../../sync/store";
import { messages } from "../../i18n/messages";

export function AvailabilitySwitch() {
  const [busy, run] = useAction();
  const available = me.value?.available;
  if (available == null) return null;
  const toggle = async () => {
    await session.call("setAvailability", { available: !available });
    await refresh(refetch("me"));
    // By the palette, the focus is elsewhere, and nothing would be heard.
    if (!document.activeElement?.matches(".switch")) announce(messages.queue.availability(!available));
  };
  return <Switch label={messages.queue.available} checked={available} busy={busy} onToggle={() => run(toggle)} />;
}
