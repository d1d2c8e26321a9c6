// Finds the addresses in a text. Only web and mail addresses become links, and only if the address a reader sees is the
// address the link opens.

import { LinkifyIt } from "linkify-it";

export interface Link {
  text: string;
  href: string;
  /** The host as computers know it, if it is not plain ASCII: letters of other alphabets can look like Latin ones. */
  asciiHost: string;
}

const PROTOCOLS = new Set(["http:", "https:", "mailto:"]);
/** Characters that change the order of the characters around them, or that nobody sees. */
const MISLEADING = /[\p{Cf}\p{Cc}\p{Cs}\p{Zs}\u115f\u1160\u3164\uffa0]/u;
const NON_ASCII = /[^\x21-\x7e]/;
/** Without http:// in front of it, only what nobody takes for a file name or an abbreviation is an address. */
const BARE = /^www\.|^[^/]+\.(?:com|org|net|edu|gov|int|eu|info)(?:[/?#:]|$)|^[^/]+\.\p{L}{2,}\//iu;

/** `urlAuth`: an address with a name and a password in it is found whole, and refused whole. */
const finder = new LinkifyIt({ fuzzyLink: true, urlAuth: true }).add("ftp:", null).add("//", null);

/** The text in parts: what is not an address stays as it was written. */
export function findLinks(text: string): (string | Link)[] {
  const parts: (string | Link)[] = [];
  let end = 0;
  for (const match of finder.match(text) ?? []) {
    const link = toLink(match.raw, match.schema, match.url);
    if (!link) continue;
    parts.push(text.slice(end, match.index), link);
    end = match.lastIndex;
  }
  parts.push(text.slice(end));
  return parts.filter((part) => part !== "");
}

function toLink(text: string, schema: string, address: string): Link | null {
  if (MISLEADING.test(text) || (schema === "" && !BARE.test(text))) return null;
  const whole = schema === "" ? address.replace(/^http:/, "https:") : address;
  const url = URL.canParse(whole) ? new URL(whole) : null;
  // Before an @ anything can stand: https://bank.example@evil.example opens evil.example.
  if (!url || !PROTOCOLS.has(url.protocol) || url.username || url.password) return null;
  const asciiHost = NON_ASCII.test(text) ? url.host || (url.pathname.split("@").at(-1) ?? "") : "";
  const isHostAscii = asciiHost !== "" && text.toLowerCase().includes(asciiHost.toLowerCase());
  return { text, href: url.href, asciiHost: isHostAscii ? "" : asciiHost };
}
