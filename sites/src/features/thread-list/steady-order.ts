// A list does not move under a person who answers: the row of the open thread stays where it is until another thread is
// opened, or until it leaves the list.

import { useMemo, useRef } from "preact/hooks";
import { openThreadId } from "../../browser/route";
import { thread } from "../../sync/store";
import { isInList, type ListQuery } from "../../sync/thread-lists";

/** The new ids in order, but for one, which comes after the same row as before. Of an id that was not shown: as it is. */
export function steadyOrder(shown: readonly string[], ids: readonly string[], id: string): readonly string[] {
  const at = shown.indexOf(id);
  if (at < 0) return ids;
  const others = ids.filter((other) => other !== id);
  const there = new Set(others);
  const previous = shown.slice(0, at).findLast((other) => there.has(other));
  const place = previous === undefined ? 0 : others.indexOf(previous) + 1;
  return [...others.slice(0, place), id, ...others.slice(place)];
}

/** The ids of a list as they are shown. A row that has moved beyond the last page that was loaded is shown too. */
export function useSteadyOrder(query: ListQuery, ids: readonly string[]): readonly string[] {
  const openId = openThreadId.value;
  const row = openId ? thread(openId).row : undefined;
  const isShown = row !== undefined && isInList(query, row);
  const last = useRef({ openId: "", shown: ids });
  return useMemo(() => {
    const isSteady = isShown && last.current.openId === openId;
    const shown = isSteady ? steadyOrder(last.current.shown, ids, openId) : ids;
    last.current = { openId, shown };
    return shown;
  }, [ids, openId, isShown]);
}
