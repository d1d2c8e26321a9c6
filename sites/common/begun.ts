// What is remembered while the issuer signs somebody in: without it, coming back proves nothing.
//
// It is kept for the tab. Where that is forbidden, a cookie of this site's path keeps it for ten minutes; where cookies are
// blocked too, nobody can sign in, and that is said before they leave.

import type { Begun } from "./openid";
import { type Drawer, parsed } from "./storage";

/** This browser would have forgotten, by the time it is back, that signing in was begun here. */
export class Forgetful extends Error {}

const SECONDS = 600;

export function remember(tab: Drawer, begun: Begun): void {
  const text = JSON.stringify(begun);
  if (tab.set("begun", text)) return;
  keepCookie(encodeURIComponent(text), SECONDS);
  if (cookie() !== text) throw new Forgetful();
}

/** What was begun, once. */
export function recall(tab: Drawer): Begun | null {
  const text = tab.get("begun") ?? cookie();
  tab.remove("begun");
  if (cookie() !== null) keepCookie("", 0);
  return parsed<Begun>(text, ({ state, nonce, verifier, hash }) => [state, nonce, verifier, hash].every((it) => typeof it === "string"));
}

const cookieName = (): string => `uconnect_begun_${location.pathname.replaceAll(/\W/g, "")}`;

function keepCookie(value: string, seconds: number): void {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${cookieName()}=${value}; max-age=${seconds}; path=${location.pathname}; samesite=lax${secure}`;
}

function cookie(): string | null {
  const start = `${cookieName()}=`;
  const held = document.cookie.split("; ").find((each) => each.startsWith(start));
  return held ? decodeURIComponent(held.slice(start.length)) : null;
}
