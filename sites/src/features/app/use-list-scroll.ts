// A list is shown where it was left: after a thread, another page, or a reload in this tab.

import { type RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { route } from "../../browser/route";
import { type StorageNamespace, tabNamespace } from "../../browser/storage";
import { loadCount, session } from "../../sync/store";

const STILL = 100; // ms after which a list that was scrolled stands still: to look at it earlier would hold it up

let namespace: StorageNamespace | undefined;
const stored = (): StorageNamespace => (namespace ??= tabNamespace(`${session.config.client}:scroll`));

/** Rows are added while a list loads: its place is found again when there are enough of them. */
export function useListScroll(): RefObject<HTMLElement | null> {
  const list = useRef<HTMLElement>(null);
  const { page, query = "", id } = route.value;
  const place = `${page}?${query}`;
  const isHidden = id !== "";
  const loads = loadCount.value;
  useLayoutEffect(() => {
    const element = list.current;
    if (!element || loads === 0) return;
    let top = Number(stored().get(place));
    const growth = new ResizeObserver(() => {
      if (top <= element.scrollHeight - element.clientHeight) element.scrollTop = top; // hidden, it has no height
    });
    growth.observe(element.lastElementChild as Element); // at once, and whenever it grows
    let timer = 0;
    const keep = () => element.checkVisibility() && stored().set(place, String(Math.round(element.scrollTop)));
    const keepSoon = () => {
      top = element.scrollTop;
      clearTimeout(timer);
      timer = setTimeout(keep, STILL);
    };
    element.addEventListener("scroll", keepSoon, { passive: true });
    return () => {
      growth.disconnect();
      element.removeEventListener("scroll", keepSoon);
      if (timer) keep();
      clearTimeout(timer);
    };
  }, [place, loads, isHidden]);
  return list;
}
