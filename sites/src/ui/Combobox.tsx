// A field whose text filters a list to choose from (ARIA: a combobox with a list box). The focus stays in the field.

import type { ComponentChildren, Ref, TargetedKeyboardEvent } from "preact";
import { useEffect } from "preact/hooks";
import { isComposing } from "./is-composing";

const optionId = (list: string, place: number): string => `${list}-${place}`;

interface ComboboxProps {
  /** The id of the list box. */
  list: string;
  label: string;
  text: string;
  /** How many options there are. */
  count: number;
  /** The place of the option that Enter chooses; -1 if there is none. */
  active: number;
  /** `isUnfinished`: an input method is still composing it. */
  setText: (text: string, isUnfinished: boolean) => void;
  setActive: (place: number) => void;
  choose: (place: number) => void;
  /** Whether another key was meant for something else, which was done. */
  takeKey?: (key: string) => boolean;
  input?: Ref<HTMLInputElement>;
}

export function Combobox({
  list,
  label,
  text,
  count,
  active,
  setText,
  setActive,
  choose,
  takeKey,
  input,
}: ComboboxProps) {
  useEffect(() => {
    document.getElementById(optionId(list, active))?.scrollIntoView({ block: "nearest" });
  });
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLInputElement>) => {
    if (isComposing(event)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && count) setActive((active + step + count) % count);
    else if (event.key === "Enter") choose(active);
    else if (!takeKey?.(event.key)) return;
    event.preventDefault();
  };
  return (
    <input
      {...(input && { ref: input })}
      type="text"
      role="combobox"
      autocomplete="off"
      spellcheck={false}
      value={text}
      dir={text ? "auto" : undefined}
      placeholder={label}
      aria-label={label}
      aria-autocomplete="list"
      aria-expanded={count > 0}
      aria-controls={list}
      aria-activedescendant={count > 0 ? optionId(list, active) : undefined}
      onInput={(event) => {
        setText(event.currentTarget.value, event.isComposing);
        setActive(0);
      }}
      onCompositionEnd={(event) => setText(event.currentTarget.value, false)}
      onKeyDown={onKeyDown}
    />
  );
}

interface ListOptionProps {
  list: string;
  place: number;
  class: string;
  isActive: boolean;
  choose: () => void;
  children: ComponentChildren;
}

export function ListOption({ list, place, class: kind, isActive, choose, children }: ListOptionProps) {
  return (
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- the field has the focus, and hears the keys
    <div
      role="option"
      id={optionId(list, place)}
      class={`list-option ${kind}`}
      tabIndex={-1}
      aria-selected={isActive}
      onMouseDown={(event) => event.preventDefault()} // the focus stays in the field
      onClick={choose}
    >
      {children}
    </div>
  );
}
