// A list that a page shows: it is loaded when it is first shown, and can be tried again.

import { useEffect, useState } from "preact/hooks";
import { errorMessage } from "../../api/client";
import { isLoaded } from "../../sync/store";
import { loadMoreThreads } from "../../sync/sync";
import { listKey, type ListQuery, loadedList, type ThreadList } from "../../sync/thread-lists";

export interface ShownList {
  /** undefined before it is loaded. */
  list: ThreadList | undefined;
  /** Why it could not be loaded; empty if it could. */
  error: string;
  retry: () => void;
}

export function useList(query: ListQuery): ShownList {
  const key = listKey(query);
  const list = loadedList(query);
  const [failed, setFailed] = useState({ key: "", error: "" });
  const load = () => {
    setFailed({ key: "", error: "" });
    loadMoreThreads(query).catch((error: unknown) => setFailed({ key, error: errorMessage(error) }));
  };
  const mayLoad = isLoaded.value && !list;
  useEffect(() => {
    if (mayLoad) load();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a list is loaded once; after that, frames keep it
  }, [key, mayLoad]);
  return { list, error: failed.key === key ? failed.error : "", retry: load };
}
