// What an account stores in a browser is encrypted with a key from its subject, which only that account's tokens
// contain.
//
// After a forced sign-out the texts stay for their author. The next person at the machine can see that something is
// stored, and can read none of it (decision 0027).

import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { bytesToUtf8, managedNonce, utf8ToBytes } from "@noble/ciphers/utils.js";
import type { StorageNamespace } from "../browser/storage";

const cipher = managedNonce(xchacha20poly1305);

/** The key of an account, derived with HKDF (RFC 5869). */
export async function deriveKey(subject: string, purpose: string): Promise<Uint8Array> {
  const secret = await crypto.subtle.importKey("raw", utf8ToBytes(subject).slice(), "HKDF", false, ["deriveBits"]);
  const info = utf8ToBytes(`uconnect drafts ${purpose}`).slice();
  const algorithm = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, secret, 256));
}

/** The same namespace with encrypted values. A value that cannot be decrypted counts as missing. */
export function encryptedStorage(storage: StorageNamespace, key: Uint8Array): StorageNamespace {
  const box = cipher(key);
  const open = (value: string | null): string | null => {
    try {
      return value === null ? null : bytesToUtf8(box.decrypt(fromBase64(value)));
    } catch {
      return null; // another version of the site stored it, or it was tampered with
    }
  };
  return {
    ...storage,
    get: (name) => open(storage.get(name)),
    stored: (name) => open(storage.stored(name)),
    set: (name, value) => storage.set(name, toBase64(box.encrypt(utf8ToBytes(value)))),
  };
}

const toBase64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
