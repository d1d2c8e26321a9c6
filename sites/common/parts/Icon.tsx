// Icons say nothing by themselves: each stands beside a word or inside a control that has a name.

import type { IconNode } from "lucide";
import { h } from "preact";
import mark from "../icon.svg";
import { session } from "../session";

export function Icon({ of, size = 20 }: { of: IconNode; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {of.map(([tag, attributes]) => h(tag, attributes as object))}
    </svg>
  );
}

/** The product's mark, which the sign-in pages show too: the u of uconnect, and a word on its way. */
export const Mark = ({ size = 24 }: { size?: number }) => <img class="mark" src={mark} width={size} height={size} alt="" />;

/** A school's picture, else the first letters of a name in a calm tint. The tint follows from the name alone. */
export function Monogram({ name, picture = "" }: { name: string; picture?: string }) {
  if (picture) return <img class="monogram" src={`${session.config.api}/pictures/${picture}`} width={40} height={40} alt="" />;
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
