// In a thread that is near its day: when it ends or is deleted. The same words to everyone who has it.

import { currentMinute } from "../../browser/server-clock";
import { pageMessages } from "../../i18n/page-messages";
import { longDate } from "../../i18n/time";
import { me, thread } from "../../sync/store";
import { keptUntil } from "./kept-until";

const { retention: texts } = pageMessages;

export function KeptUntil({ id }: { id: string }) {
  const { row } = thread(id);
  const moment = row && keptUntil(row, me.value?.retention, currentMinute.value);
  if (!row || moment === undefined) return null;
  const say = row.state === "open" ? texts.threadEnds : texts.threadDeleted;
  return <p class="kept-until muted">{say(longDate(moment))}</p>;
}
