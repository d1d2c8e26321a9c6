// Until when a thread is put off: the usual times, a day to choose, or the next message of the other side.

import { useEffect, useRef } from "preact/hooks";
import { now } from "../../browser/server-clock";
import { locale } from "../../i18n/messages";
import { pageMessages } from "../../i18n/page-messages";
import { me } from "../../sync/store";
import { snoozeTimes, timeIn } from "./snooze-times";
import { snoozedUntil } from "./snoozed-until";

const { snooze: texts } = pageMessages;
const TIME = { weekday: "short", hour: "numeric", minute: "2-digit" } as const;

interface SnoozeMenuProps {
  /** Until when it is snoozed now; null if it is not. */
  until: number | null;
  choose: (until: number | null) => void;
  pickDate: () => void;
}

export function SnoozeMenu({ until, choose, pickDate }: SnoozeMenuProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => list.current?.querySelector<HTMLElement>("button")?.focus(), []);
  const zone = me.value?.card?.zone ?? "";
  return (
    <div class="menu" ref={list} role="group" aria-label={texts.menu}>
      <p class="menu-title">{until === null ? texts.menu : snoozedUntil(until)}</p>
      {until !== null && (
        <button type="button" class="menu-item menu-choice" onClick={() => choose(null)}>
          <span class="menu-name">{texts.bringBack}</span>
        </button>
      )}
      {snoozeTimes(now(), zone).map(({ name, at }) => (
        <button key={name} type="button" class="menu-item menu-choice" onClick={() => choose(at)}>
          <span class="menu-name">{texts.times[name]}</span>
          <span class="menu-note">{timeIn(locale, zone, TIME, at)}</span>
        </button>
      ))}
      <button type="button" class="menu-item menu-choice" onClick={pickDate}>
        <span class="menu-name">{texts.pickDate}</span>
      </button>
      <button type="button" class="menu-item menu-choice menu-last" onClick={() => choose(0)}>
        <span class="menu-name">{texts.noAnswer}</span>
        <span class="menu-note">{texts.untilWord}</span>
      </button>
      <p class="menu-text">{texts.hint}</p>
    </div>
  );
}
