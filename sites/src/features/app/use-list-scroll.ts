// A list is shown where it was left: after a thread, another page, or a reload in this tab.

import { type RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { route } from "../../browser/route";
import { type StorageNamespace, tabNamespace } from "../../browser/storage";
import { session } from "../../sync/store";

let namespace: StorageNamespace | undefined;
const stored = (): StorageNamespace => (namespace ??= tabNamespace(`${session.config.client}:scroll`));

/** `isReady`: the list is drawn. */
export function useListScroll(isReady: boolean): RefObject<HTMLElement | null> {
  const list = useRef<HTMLElement>(null);
  const { page, query = "", id } = route.value;
  const place = `${page}?${query}`;
  const isHidden = id !== "";
  useLayoutEffect(() => {
    const element = list.current;
    if (!element || !isReady) return;
    const top = Number(stored().get(place) ?? 0);
    if (element.scrollTop !== top && element.checkVisibility()) element.scrollTop = top;
    const keep = () => element.checkVisibility() && stored().set(place, String(Math.round(element.scrollTop)));
    element.addEventListener("scroll", keep, { passive: true });
    return () => element.removeEventListener("scroll", keep);
  }, [place, isReady, isHidden]);
  return list;
}
