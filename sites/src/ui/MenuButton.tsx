// A button that opens a menu below it. The arrow keys move in the menu; Escape closes it, and so does a press elsewhere.

import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { useCloseOutside } from "./use-close-outside";

interface MenuButtonProps {
  /** Inside the button. */
  label: ComponentChildren;
  /** The button's name, where its label may be an icon alone. */
  name?: string;
  class?: string;
  shortcut: string | undefined;
  /** A key that does what an item of the menu does. */
  itemShortcut?: string | undefined;
  busy: boolean;
  /** The menu. `close` gives the focus back to the button. */
  children: (close: () => void) => ComponentChildren;
}

export function MenuButton({ label, name, class: style, shortcut, itemShortcut, busy, children }: MenuButtonProps) {
  const [open, setOpen] = useState(false);
  const container = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  useCloseOutside(container, open, () => setOpen(false));
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- hears the keys of the button and the menu in it
    <div
      class="menu-anchor"
      ref={container}
      onKeyDown={(event) => {
        if (event.key === "ArrowDown" || event.key === "ArrowUp") moveFocus(event, container.current);
        if (event.key !== "Escape" || !open) return;
        event.preventDefault(); // the focus stays in the thread
        close();
      }}
    >
      <button
        type="button"
        ref={button}
        class={style ? `button ${style}` : "button"}
        aria-label={name}
        aria-expanded={open}
        aria-keyshortcuts={shortcut}
        data-menu-key={itemShortcut}
        aria-disabled={busy}
        onClick={() => setOpen(!open)}
      >
        {label}
      </button>
      {open && children(close)}
    </div>
  );
}

function moveFocus(event: KeyboardEvent, container: HTMLElement | null): void {
  const items = [...(container?.querySelectorAll<HTMLElement>(".menu button:not(:disabled), .menu a") ?? [])];
  if (items.length === 0) return;
  event.preventDefault();
  const current = items.indexOf(document.activeElement as HTMLElement);
  const next = current + (event.key === "ArrowDown" ? 1 : -1);
  items[(next + items.length) % items.length]?.focus();
}
