// A page that is not where anybody begins is loaded once the first page is there, so that the first page is light.

import { effect, signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { lazily } from "../lazily";
import { loaded } from "../session";
import { words } from "../words";
import { Failure, Skeleton } from "./bits";

export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const page = signal<{ Page: ComponentType<Props> } | "loading" | "failed" | null>(null);
  const get = () => {
    if (page.peek() === "loading") return;
    page.value = "loading";
    lazily(load)
      .then((Page) => (page.value = { Page }))
      .catch(() => (page.value = "failed"));
  };
  effect(() => {
    if (loaded.value && page.peek() === null) get();
  });
  return (props) => {
    const now = page.value;
    const here = typeof now === "object" && now;
    useEffect(() => {
      if (!here) get();
      // The page was focused as a whole while there was nothing in it.
      else if (document.activeElement?.matches(".main")) document.querySelector<HTMLElement>(".main h1")?.focus();
    }, [!here]);
    if (here) return <here.Page {...props} />;
    if (now === "failed") return <Failure text={words.failed.network} retry={get} />;
    return <Skeleton label={words.list.loading} />;
  };
}
