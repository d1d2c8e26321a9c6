// What opens beside a button closes when its person goes elsewhere, with the mouse or with the keyboard.

import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

export function useCloseOutside(container: RefObject<HTMLElement | null>, isOpen: boolean, close: () => void): void {
  useEffect(() => {
    if (!isOpen) return;
    const onOutside = (event: Event) => !container.current?.contains(event.target as Node) && close();
    document.addEventListener("pointerdown", onOutside);
    document.addEventListener("focusin", onOutside);
    return () => {
      document.removeEventListener("pointerdown", onOutside);
      document.removeEventListener("focusin", onOutside);
    };
  }, [isOpen]);
}
