// Puts a thread off: it comes back at a time, or sooner when the other side writes. Nobody but this account can see that.

import { AlarmClock } from "lucide";
import { useState } from "preact/hooks";
import type { Row } from "../../api/protocol";
import { currentMinute } from "../../browser/server-clock";
import { shortcut } from "../../browser/single-keys";
import { pageMessages } from "../../i18n/page-messages";
import { isSnoozed } from "../../sync/inbox-status";
import { watchSnoozes } from "../../sync/snoozes";
import { session, thread } from "../../sync/store";
import { Icon } from "../../ui/Icon";
import { MenuButton } from "../../ui/MenuButton";
import { toast } from "../../ui/toast";
import { lazyPage } from "../app/lazy-page";
import { offerUndo } from "../app/offer-undo";
import { useAction } from "../app/use-action";
import { snoozedUntil } from "./snoozed-until";

const { snooze: texts } = pageMessages;
const SnoozeMenu = lazyPage(() => import("./SnoozeMenu").then((part) => part.SnoozeMenu));
const SnoozeDialog = lazyPage(() => import("./SnoozeDialog").then((part) => part.SnoozeDialog));

watchSnoozes(); // this part of the site is loaded right after the lists

export function SnoozeButton({ row }: { row: Row }) {
  const [busy, run] = useAction();
  const [picksDate, setPicksDate] = useState(false);
  void currentMinute.value; // a snooze may end
  const held = thread(row.id);
  const until = isSnoozed(held) ? (held.snooze?.until ?? null) : null;
  const name = until === null ? texts.title : texts.snoozed;
  if (row.state !== "open") return null;
  return (
    <>
      <MenuButton
        label={
          <>
            <Icon of={AlarmClock} size={18} />
            <span class="snooze-label">{name}</span>
          </>
        }
        name={name}
        class={until === null ? "snooze" : "snooze is-snoozed"}
        shortcut={shortcut("e")}
        busy={busy}
      >
        {(close) => (
          <SnoozeMenu
            until={until}
            pickDate={() => {
              close();
              setPicksDate(true);
            }}
            choose={(chosen) => {
              close();
              run(() => snooze(row.id, chosen, until));
            }}
          />
        )}
      </MenuButton>
      {picksDate && (
        <SnoozeDialog onClose={() => setPicksDate(false)} choose={(chosen) => snooze(row.id, chosen, until)} />
      )}
    </>
  );
}

/** Until a time, with 0 until the other side writes, with null no longer. */
async function snooze(id: string, until: number | null, before: number | null): Promise<void> {
  await callSnooze(id, until);
  if (until === null) toast(texts.back);
  else offerUndo(snoozedUntil(until), () => callSnooze(id, before));
}

const callSnooze = (id: string, until: number | null): Promise<unknown> =>
  until === null ? session.call("wakeThread", {}, id) : session.call("snoozeThread", { until }, id);
