// A page that is not where anybody begins is loaded when it is first opened, so that the first page is light.

import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { words } from "../words";
import { Failure, Skeleton } from "./bits";

export function later(load: () => Promise<ComponentType>): ComponentType {
  const page = signal<ComponentType | null>(null);
  const failed = signal(false);
  return () => {
    const Page = page.value;
    useEffect(() => {
      if (!Page) load().then((found) => (page.value = found)).catch(() => (failed.value = true));
      // The page was focused as a whole while there was nothing in it.
      else if (document.activeElement?.matches(".main")) document.querySelector<HTMLElement>(".main h1")?.focus();
    }, [Page]);
    if (Page) return <Page />;
    if (failed.value) return <Failure text={words.failed.network} retry={() => location.reload()} />;
    return <Skeleton label={words.list.loading} />;
  };
}
