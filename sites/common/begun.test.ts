import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Forgetful, recall, remember } from "./begun";
import { MemoryStorage } from "./kit/browser";
import { drawer } from "./storage";

const begun = { state: "s", nonce: "n", verifier: "v; w=%", hash: "#/schools" };

/** As a browser keeps cookies: one at a time is set, all are read. */
class Jar {
  held = new Map<string, string>();
  blocked = false;

  get cookie(): string {
    return [...this.held].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  set cookie(line: string) {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/max-age=0/.test(line)) this.held.delete(name);
    else if (!this.blocked) this.held.set(name, value);
  }
}

let jar: Jar;
beforeEach(() => {
  jar = new Jar();
  vi.stubGlobal("document", jar);
  vi.stubGlobal("location", { pathname: "/user/", protocol: "http:" });
});
afterEach(() => void vi.unstubAllGlobals());

test("what was begun is recalled once, and the tab keeps it where it can", () => {
  const storage = new MemoryStorage();
  remember(drawer(storage, "user"), begun);
  expect(jar.cookie).toBe("");
  expect([recall(drawer(storage, "user")), recall(drawer(storage, "user"))]).toEqual([begun, null]);
});

test("where the tab may keep nothing, a cookie does, and is gone once it was read", () => {
  jar.cookie = "other=1";
  remember(drawer(null, "user"), begun);
  expect([recall(drawer(null, "user")), recall(drawer(null, "user")), jar.cookie]).toEqual([begun, null, "other=1"]);
});

test("where cookies are blocked too, that is known before anybody leaves", () => {
  jar.blocked = true;
  expect(() => remember(drawer(null, "user"), begun)).toThrow(Forgetful);
});
