// A week of office hours: a line a day, closed until hours are added.

import { Plus, X } from "lucide";
import { dayName } from "../common/hours";
import { Icon } from "../common/parts/Icon";
import { more } from "../common/words-more";
import { added, dropped, likeMonday, SPANS, typedIn, type Week } from "./week";

const { face } = more;

export function HoursField({ week, change }: { week: Week; change: (week: Week) => void }) {
  return (
    <fieldset class="week">
      <legend>{face.hours}</legend>
      <p class="hint">{face.hoursHint}</p>
      <ul>
        {week.map((_, day) => (
          <Day key={day} week={week} day={day} change={change} />
        ))}
      </ul>
      {week[0]?.length !== 0 && (
        <button type="button" class="button quiet outdent" onClick={() => change(likeMonday(week))}>
          {face.copy}
        </button>
      )}
    </fieldset>
  );
}

function Day({ week, day, change }: { week: Week; day: number; change: (week: Week) => void }) {
  const spans = week[day] ?? [];
  const name = dayName(day + 1);
  return (
    <li>
      <span class="week-day">{name}</span>
      <div class="week-spans">
        {spans.length === 0 && <span class="muted">{face.closed}</span>}
        {spans.map(({ from, until }, n) => (
          <span key={n} class="week-span">
            <Time label={face.from(name)} value={from} change={(typed) => change(typedIn(week, day, n, { from: typed }))} />
            <span aria-hidden="true">–</span>
            <Time label={face.until(name)} value={until} change={(typed) => change(typedIn(week, day, n, { until: typed }))} />
            <button
              type="button"
              class="icon-button"
              aria-label={face.drop(name, n + 1)}
              onClick={() => change(dropped(week, day, n))}
            >
              <Icon of={X} size={18} />
            </button>
          </span>
        ))}
      </div>
      {spans.length < SPANS && (
        <button type="button" class="icon-button" aria-label={face.addOn(name)} onClick={() => change(added(week, day))}>
          <Icon of={Plus} size={18} />
        </button>
      )}
    </li>
  );
}

function Time({ label, value, change }: { label: string; value: string; change: (typed: string) => void }) {
  return <input type="time" aria-label={label} value={value} onInput={(event) => change(event.currentTarget.value)} />;
}
