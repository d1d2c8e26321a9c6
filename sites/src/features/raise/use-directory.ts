// The directory as far as a person has looked at it: by name, page by page, or the schools that a search finds.

import { useEffect, useRef, useState } from "preact/hooks";
import { errorMessage } from "../../api/client";
import { addSchools, session } from "../../sync/store";

const TYPING_PAUSE = 200; // ms

interface Found {
  /** What was searched for; empty for the whole directory. */
  text: string;
  ids: readonly string[];
  next: string | null;
}

interface Directory {
  /** null until the first page is there. */
  found: Found | null;
  /** Why it could not be loaded; empty if it could. */
  error: string;
  loadMore: () => Promise<void>;
  retry: () => void;
}

/** `text` is null while nothing is searched for. */
export function useDirectory(text: string | null): Directory {
  const [found, setFound] = useState<Found | null>(null);
  const [error, setError] = useState("");
  const requests = useRef(0);
  const isConnected = session.socket.isReachable.value;
  const load = async (after: string | null) => {
    const request = ++requests.current;
    const page = await session.call("listSchools", { after, ...(text && { find: text }) });
    if (request !== requests.current) return; // another text is searched for meanwhile
    addSchools(page.schools);
    setError("");
    const ids = [...(after === null ? [] : (found?.ids ?? [])), ...page.schools.map(({ id }) => id)];
    setFound({ text: text ?? "", ids: [...new Set(ids)], next: page.next });
  };
  const loadFirst = () => void load(null).catch((reason: unknown) => setError(errorMessage(reason)));
  const before = useRef({ text: null as string | null, wasConnected: false, isStale: false });
  useEffect(() => {
    const known = before.current;
    known.isStale ||= known.wasConnected && !isConnected;
    known.wasConnected ||= isConnected;
    // A socket that opens for the first time changes nothing: what is loaded beside it is new.
    const isDue = isConnected && (known.isStale || error !== "");
    if (text === null || (known.text === text && !isDue)) return;
    const loadOnce = () => {
      known.text = text;
      known.isStale &&= !isConnected;
      loadFirst();
    };
    const timer = setTimeout(loadOnce, text ? TYPING_PAUSE : 0);
    return () => clearTimeout(timer);
  }, [text, isConnected]);
  return { found, error, loadMore: () => load(found?.next ?? null), retry: loadFirst };
}
