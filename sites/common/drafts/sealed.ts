// What an account keeps in a browser is encrypted under its subject, which only that account's own tokens carry.
//
// After a forced sign-out the texts stay, for their author to come back to. The next person at the machine can see that
// something is stored, and read none of it (decision 0027).

import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { bytesToUtf8, managedNonce, utf8ToBytes } from "@noble/ciphers/utils.js";
import type { Drawer } from "../storage";

const cipher = managedNonce(xchacha20poly1305);

/** The key of an account, by HKDF (RFC 5869). */
export async function keyOf(subject: string, purpose: string): Promise<Uint8Array> {
  const secret = await crypto.subtle.importKey("raw", utf8ToBytes(subject).slice(), "HKDF", false, ["deriveBits"]);
  const info = utf8ToBytes(`uconnect drafts ${purpose}`).slice();
  const given = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return new Uint8Array(await crypto.subtle.deriveBits(given, secret, 256));
}

/** The same drawer with its values encrypted. What cannot be read is as if it were not there. */
export function sealed(drawer: Drawer, key: Uint8Array): Drawer {
  const { encrypt, decrypt } = cipher(key);
  const open = (value: string | null): string | null => {
    try {
      return value === null ? null : bytesToUtf8(decrypt(fromBase64(value)));
    } catch {
      return null; // another version of the site stored it, or somebody changed it
    }
  };
  return {
    ...drawer,
    get: (name) => open(drawer.get(name)),
    stored: (name) => open(drawer.stored(name)),
    set: (name, value) => drawer.set(name, toBase64(encrypt(utf8ToBytes(value)))),
  };
}

const toBase64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
