// A week of office hours, one line for each day. A day without hours is closed.

import { Plus, X } from "lucide";
import { dayName } from "../../i18n/office-hours";
import { ErrorText } from "../../ui/ErrorText";
import { useForm } from "../../ui/Form";
import { Icon } from "../../ui/Icon";
import { pageMessages } from "../../i18n/page-messages";
import { addSpan, removeSpan, copyMonday, isOvernight, MAX_SPANS, updateSpan, type Week } from "./week";

const { profile: texts } = pageMessages;

export function OfficeHoursField({ week, onChange }: { week: Week; onChange: (week: Week) => void }) {
  return (
    <fieldset class="week">
      <legend>{texts.hours}</legend>
      <p class="hint">{texts.hoursHint}</p>
      <ul>
        {week.map((_, day) => (
          <DayHours key={day} week={week} day={day} onChange={onChange} />
        ))}
      </ul>
      {week[0]?.length !== 0 && (
        <button type="button" class="button quiet outdent" onClick={() => onChange(copyMonday(week))}>
          {texts.copyMonday}
        </button>
      )}
    </fieldset>
  );
}

function DayHours({ week, day, onChange }: { week: Week; day: number; onChange: (week: Week) => void }) {
  const spans = week[day] ?? [];
  const name = dayName(day + 1);
  const field = `hours-${day}`;
  const { errors, attempt } = useForm();
  const error = errors[field];
  return (
    <li>
      <span class="week-day">{name}</span>
      <div class="week-spans">
        {spans.length === 0 && <span class="muted">{texts.closed}</span>}
        {spans.map((span, n) => (
          <span key={n} class="week-span">
            <TimeInput
              name={field}
              error={error}
              label={texts.from(name)}
              value={span.from}
              onChange={(value) => onChange(updateSpan(week, day, n, { from: value }))}
            />
            <span aria-hidden="true">–</span>
            <TimeInput
              name={field}
              error={error}
              label={texts.until(name)}
              value={span.until}
              onChange={(value) => onChange(updateSpan(week, day, n, { until: value }))}
            />
            {isOvernight(span) && <span class="muted">{texts.nextDay}</span>}
            <button
              type="button"
              class="icon-button"
              aria-label={texts.removeHours(name, n + 1)}
              onClick={() => onChange(removeSpan(week, day, n))}
            >
              <Icon of={X} size={18} />
            </button>
          </span>
        ))}
        {error && <ErrorText id={`${field}-error`} text={error} occasion={attempt} />}
      </div>
      {spans.length < MAX_SPANS && (
        <button
          type="button"
          class="icon-button"
          aria-label={texts.addHours(name)}
          onClick={() => onChange(addSpan(week, day))}
        >
          <Icon of={Plus} size={18} />
        </button>
      )}
    </li>
  );
}

interface TimeInputProps {
  name: string;
  label: string;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}

function TimeInput({ name, label, value, error, onChange }: TimeInputProps) {
  return (
    <input
      type="time"
      name={name}
      aria-label={label}
      aria-invalid={error !== undefined}
      aria-describedby={error && `${name}-error`}
      value={value}
      onInput={(event) => onChange(event.currentTarget.value)}
    />
  );
}
