// "Snoozed until Thu, 3 Dec, 8:00", by the clock of the school.

import { locale } from "../../i18n/messages";
import { pageMessages } from "../../i18n/page-messages";
import { me } from "../../sync/store";
import { timeIn } from "./snooze-times";

const { snooze: texts } = pageMessages;
const DATE = { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" } as const;

/** Until a time; with 0, until the other side writes. */
export const snoozedUntil = (until: number): string =>
  until ? texts.until(timeIn(locale, me.peek()?.card?.zone ?? "", DATE, until)) : texts.untilWordNow;
