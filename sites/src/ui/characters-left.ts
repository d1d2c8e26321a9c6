// How many characters may still be written: shown near the end of the room, and announced at a few points on the way.

import { useEffect, useRef } from "preact/hooks";
import { announce } from "./announce";

export const SHOWN_BELOW = 400;
const ANNOUNCED_AT = [SHOWN_BELOW, 100, 20, 0, -1];

/** Announces `text` when fewer are left than at a point that was not passed yet, and not at each key. */
export function useCharactersLeft(left: number, text: string): void {
  const passed = ANNOUNCED_AT.filter((point) => left <= point).length;
  const before = useRef(passed);
  useEffect(() => {
    if (passed > before.current) announce(text);
    before.current = passed;
  }, [passed]);
}
