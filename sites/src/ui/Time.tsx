// A moment. It is shown short, and whole for screen readers and in a row that has the focus. One press on a time shows
// all times whole.

import { signal } from "@preact/signals";

const areWhole = signal(false);

interface TimeProps {
  at: number;
  /** As it is shown, such as 14:02. */
  text: string;
  /** The day and the time. */
  full: string;
  class?: string;
}

export function Time({ at, text, full, class: className }: TimeProps) {
  return (
    <time
      class={areWhole.value ? `${className ?? ""} whole` : className}
      dateTime={new Date(at).toISOString()}
      title={full}
    >
      {areWhole.value ? (
        full
      ) : (
        <>
          <span key={text} class="time-short" aria-hidden="true">
            {text}
          </span>
          <span key={full} class="time-full visually-hidden">
            {full}
          </span>
        </>
      )}
    </time>
  );
}

/** Among many times, one is reached by the keyboard: `isReached`. */
export function TimeButton({ isReached, ...props }: TimeProps & { isReached: boolean }) {
  return (
    <button
      type="button"
      class="time-button"
      aria-pressed={areWhole.value}
      tabIndex={isReached ? 0 : -1}
      onClick={() => (areWhole.value = !areWhole.peek())}
    >
      <Time {...props} />
    </button>
  );
}
