// The picture of a school or a person. Without a picture: the initials on a tint that follows from the name alone.

import { cutText } from "../i18n/graphemes";

export function Avatar({ name, pictureUrl = "" }: { name: string; pictureUrl?: string }) {
  if (pictureUrl) return <img class="avatar" src={pictureUrl} width={40} height={40} alt="" />;
  const initials = initialsOf(name).toLocaleUpperCase();
  return (
    <span key={initials} class={`avatar tint${tintOf(name)}`} aria-hidden="true">
      {initials}
    </span>
  );
}

/** The first letters of two words. "of" and "and" are not part of a name's initials. */
export function initialsOf(name: string): string {
  const words = name
    .replace(/\p{Cf}/gu, "")
    .split(/\s+/)
    .filter((word) => /^\p{L}/u.test(word));
  const capitalized = words.filter((word) => /^\p{Lu}/u.test(word));
  const chosen = capitalized.length > 1 ? capitalized : words;
  return chosen
    .slice(0, 2)
    .map((word) => cutText(word, 1, ""))
    .join("");
}

const tintOf = (name: string): number =>
  [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973, 7) % 6;
