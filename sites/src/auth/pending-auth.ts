// What is stored while the issuer signs a person in. Without it, the answer cannot be verified.
//
// It is stored for the tab. If the browser forbids that, a cookie for this site's path stores it for ten minutes. If
// cookies are blocked too, nobody can sign in, and the page says so before the person leaves it.

import type { PendingAuth } from "./openid";
import { type StorageNamespace, parseStored } from "../browser/storage";

/** This browser stores nothing, so a sign-in that starts here cannot finish. */
export class StorageBlockedError extends Error {}

const COOKIE_SECONDS = 600;

export function savePendingAuth(tab: StorageNamespace, pending: PendingAuth): void {
  const text = JSON.stringify(pending);
  if (tab.set("begun", text)) return;
  setCookie(encodeURIComponent(text), COOKIE_SECONDS);
  if (readCookie() !== text) throw new StorageBlockedError();
}

/** Returns what is stored, and removes it. */
export function takePendingAuth(tab: StorageNamespace): PendingAuth | null {
  const text = tab.get("begun") ?? readCookie();
  tab.remove("begun");
  if (readCookie() !== null) setCookie("", 0);
  return parseStored<PendingAuth>(text, ({ state, nonce, verifier, hash }) =>
    [state, nonce, verifier, hash].every((it) => typeof it === "string"),
  );
}

const cookieName = (): string => `uconnect_begun_${location.pathname.replaceAll(/\W/g, "")}`;

function setCookie(value: string, seconds: number): void {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${cookieName()}=${value}; max-age=${seconds}; path=${location.pathname}; samesite=lax${secure}`;
}

function readCookie(): string | null {
  const start = `${cookieName()}=`;
  const found = document.cookie.split("; ").find((each) => each.startsWith(start));
  return found ? decodeURIComponent(found.slice(start.length)) : null;
}
