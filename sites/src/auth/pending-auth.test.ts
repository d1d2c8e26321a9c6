import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { StorageBlockedError, takePendingAuth, savePendingAuth } from "./pending-auth";
import { MemoryStorage } from "../../testing/fake-browser";
import { storageNamespace } from "../browser/storage";

const pending = { state: "s", nonce: "n", verifier: "v; w=%", hash: "#/schools" };

/** As a browser keeps cookies: one at a time is set, all are read. */
class Jar {
  cookies = new Map<string, string>();
  blocked = false;

  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  set cookie(cookie: string) {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    if (/max-age=0/.test(cookie)) this.cookies.delete(name);
    else if (!this.blocked) this.cookies.set(name, value);
  }
}

let jar: Jar;
beforeEach(() => {
  jar = new Jar();
  vi.stubGlobal("document", jar);
  vi.stubGlobal("location", { pathname: "/user/", protocol: "http:" });
});
afterEach(() => void vi.unstubAllGlobals());

test("a pending sign-in is stored for the tab, and returned once", () => {
  const storage = new MemoryStorage();
  savePendingAuth(storageNamespace(storage, "user"), pending);
  expect(jar.cookie).toBe("");
  expect([
    takePendingAuth(storageNamespace(storage, "user")),
    takePendingAuth(storageNamespace(storage, "user")),
  ]).toEqual([pending, null]);
});

test("if the tab may store nothing, a cookie stores it, and is removed when it is read", () => {
  jar.cookie = "other=1";
  savePendingAuth(storageNamespace(null, "user"), pending);
  expect([
    takePendingAuth(storageNamespace(null, "user")),
    takePendingAuth(storageNamespace(null, "user")),
    jar.cookie,
  ]).toEqual([pending, null, "other=1"]);
});

test("if cookies are blocked too, the error comes before the person leaves the page", () => {
  jar.blocked = true;
  expect(() => savePendingAuth(storageNamespace(null, "user"), pending)).toThrow(StorageBlockedError);
});
