// Icons say nothing by themselves: each stands beside a word or inside a control that has a name.

import type { IconNode } from "lucide";
import { h } from "preact";

export function Icon({ of, size = 20 }: { of: IconNode; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {of.map(([tag, attributes]) => h(tag, attributes as object))}
    </svg>
  );
}

/** The product's mark: the u of uconnect, and a word on its way. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="9" />
      <path d="M9.5 9v6.5a6.5 6.5 0 0 0 13 0V9" />
      <circle cx="22.5" cy="24.5" r="2" />
    </svg>
  );
}

/** The first letters of a name in a calm tint. The tint follows from the name alone. */
export function Monogram({ name }: { name: string }) {
  const words = name.split(/\s+/).filter((word) => /^\p{L}/u.test(word));
  const great = words.filter((word) => /^\p{Lu}/u.test(word)); // "of" and "and" are no part of a name's initials
  const initials = (great.length > 1 ? great : words).slice(0, 2).map((word) => [...word][0]).join("");
  const tint = [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973, 7) % 6;
  return (
    <span class={`monogram tint${tint}`} aria-hidden="true">
      {initials.toLocaleUpperCase()}
    </span>
  );
}
