// A text of another person, with its addresses as links. The page that a link opens is not told where it came from.

import { effect, signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { dropError } from "../browser/drop-error";
import { lazyImport } from "../browser/lazy-import";
import type { findLinks, Link } from "./find-links";
import { HighlightedText } from "./HighlightedText";

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

/** `words` are marked in it. */
export function LinkedText({ text, words = [] }: { text: string; words?: readonly string[] }) {
  const mayHaveLink = MAY_HAVE_LINK.test(text);
  if (mayHaveLink) isNeeded.value = true;
  const find = mayHaveLink ? finder.value : null;
  const mark = (plain: string) => <HighlightedText text={plain} words={words} />;
  if (!find) return <>{mark(text)}</>;
  return (
    <>
      {find(text).map((part, n) =>
        typeof part === "string" ? mark(part) : <TextLink key={n} {...part} shown={mark(part.text)} />,
      )}
    </>
  );
}

function TextLink({ shown, href, asciiHost }: Link & { shown: ComponentChildren }) {
  const target = href.startsWith("mailto:") ? {} : { target: "_blank" };
  return (
    <>
      <a href={href} {...target} rel="noopener noreferrer nofollow" referrerpolicy="no-referrer" dir="ltr">
        {shown}
      </a>
      {asciiHost && <span class="muted"> ({asciiHost})</span>}
    </>
  );
}
