// A text of another person, with its addresses as links. The page that a link opens is not told where it came from.

import { effect, signal } from "@preact/signals";
import { dropError } from "../browser/drop-error";
import { lazyImport } from "../browser/lazy-import";
import type { findLinks, Link } from "./find-links";

const MAY_HAVE_LINK = /[:@./]\S/;
const finder = signal<typeof findLinks | null>(null);
const isNeeded = signal(false);
const importFinder = () => import("./find-links");

/** Plain until the finder is loaded, and if it cannot be loaded. */
effect(() => {
  if (isNeeded.value)
    lazyImport(importFinder)
      .then((loaded) => (finder.value = loaded.findLinks))
      .catch(dropError("the text stays plain"));
});

export function LinkedText({ text }: { text: string }) {
  const mayHaveLink = MAY_HAVE_LINK.test(text);
  if (mayHaveLink) isNeeded.value = true;
  const find = mayHaveLink ? finder.value : null;
  if (!find) return <>{text}</>;
  return <>{find(text).map((part, n) => (typeof part === "string" ? part : <TextLink key={n} {...part} />))}</>;
}

function TextLink({ text, href, asciiHost }: Link) {
  const target = href.startsWith("mailto:") ? {} : { target: "_blank" };
  return (
    <>
      <a href={href} {...target} rel="noopener noreferrer nofollow" referrerpolicy="no-referrer" dir="ltr">
        {text}
      </a>
      {asciiHost && <span class="muted"> ({asciiHost})</span>}
    </>
  );
}
