// What the first page does not need is loaded after it, so that the first page is small.

import { effect, signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { dropError } from "../../browser/drop-error";
import { lazyImport } from "../../browser/lazy-import";
import { openThreadId } from "../../browser/route";
import { isLoaded, loadCount } from "../../sync/store";
import { messages } from "../../i18n/messages";
import { Skeleton } from "../../ui/Skeleton";
import { PartFailure } from "./PartFailure";

/** A component that is loaded as soon as `mayLoad` is true, or else when it is first drawn. */
export function lazyPage<Props extends object>(
  importPage: () => Promise<ComponentType<Props>>,
  mayLoad = () => isLoaded.value,
): ComponentType<Props> {
  const page = signal<{ Page: ComponentType<Props> } | "loading" | { error: unknown } | null>(null);
  const load = () => {
    if (page.peek() === "loading") return;
    page.value = "loading";
    lazyImport(importPage).then(
      (Page) => (page.value = { Page }),
      (error: unknown) => (page.value = { error }),
    );
  };
  effect(() => {
    if (mayLoad() && page.peek() === null) load();
  });
  return (props) => {
    const current = page.value;
    const loaded = current !== null && typeof current === "object" && "Page" in current && current;
    const isReady = Boolean(loaded);
    useEffect(() => {
      if (!isReady) load();
      // The focus is on the empty page: move it to the heading.
      else if (document.activeElement?.matches(".main")) document.querySelector<HTMLElement>(".main h1")?.focus();
    }, [isReady]);
    if (loaded) return <loaded.Page {...props} />;
    if (current !== null && typeof current === "object") return <PartFailure error={current.error} retry={load} />;
    return <Skeleton label={messages.list.loading} />;
  };
}

/** The same for the view of a thread: it is loaded at once if the address names a thread. */
export const lazyThread = <Props extends object>(
  importThread: () => Promise<ComponentType<Props>>,
): ComponentType<Props> => lazyPage(importThread, () => isLoaded.value || openThreadId.value !== "");

const LATE = 1_000; // ms

/**
 * A small part beside the pages. It is loaded after the lists, or before them if they are late, and if that fails after
 * the next connection. Until then nothing is shown.
 */
export function lazyPart<Props extends object>(importPart: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const part = signal<{ Part: ComponentType<Props> } | null>(null);
  const load = () => {
    if (!part.peek()) lazyImport(importPart).then((Part) => (part.value ??= { Part }), dropError("it is loaded again"));
  };
  effect(() => void (loadCount.value && load()));
  return (props) => {
    useEffect(() => {
      const timer = setTimeout(load, LATE);
      return () => clearTimeout(timer);
    }, []);
    return part.value && <part.value.Part {...props} />;
  };
}
