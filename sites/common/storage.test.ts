import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { MemoryStorage } from "./kit/browser";
import { browserDrawer, drawer, keeping, parsed } from "./storage";

beforeEach(() => void (keeping.value = "kept"));
afterEach(() => {
  Reflect.deleteProperty(globalThis, "localStorage");
  vi.unstubAllGlobals();
});

test("a drawer sees its own names and no other's, though one name begins as the other", () => {
  const storage = new MemoryStorage();
  const [user, users] = [drawer(storage, "user"), drawer(storage, "users")];
  user.set("draft:a", "1");
  users.set("draft:b", "2");
  expect([user.keys("draft:"), users.keys("draft:")]).toEqual([["draft:a"], ["draft:b"]]);
  expect(user.get("draft:b")).toBeNull();
});

test("where storage is full, the page answers for it until the word is put away", () => {
  const storage = new MemoryStorage();
  const kept = drawer(storage, "user");
  storage.full = true;
  kept.set("draft:a", "1");
  expect([kept.get("draft:a"), kept.keys("draft:")]).toEqual(["1", ["draft:a"]]);
  kept.remove("draft:a");
  expect([kept.get("draft:a"), kept.keys("draft:")]).toEqual([null, []]);
});

test("the last word set is the one that is read, also when only the first could be stored", () => {
  const storage = new MemoryStorage();
  const kept = drawer(storage, "user");
  kept.set("draft:a", "stored");
  storage.full = true;
  kept.set("draft:a", "not stored");
  expect(kept.get("draft:a")).toBe("not stored");
  storage.full = false;
  kept.set("draft:a", "stored again");
  expect(kept.get("draft:a")).toBe("stored again");
  expect(kept.keys("draft:")).toEqual(["draft:a"]);
});

describe("a browser that forbids storage", () => {
  const refuse = () => {
    throw new DOMException("The operation is insecure.", "SecurityError");
  };

  test.each([
    ["throws when it is asked for its storage", { get: refuse }],
    ["throws when its storage is used", { get: () => ({ getItem: refuse, setItem: refuse }) }],
    ["has no storage", { get: () => null }],
  ])("%s: the page keeps things itself, and knows that they end with it", (_, property) => {
    Object.defineProperty(globalThis, "localStorage", { configurable: true, ...property });
    const kept = browserDrawer("user");
    expect(kept.set("draft:a", "1")).toBe(false);
    expect([kept.get("draft:a"), kept.keys("draft:"), keeping.value]).toEqual(["1", ["draft:a"], "forbidden"]);
    kept.remove("draft:a");
    expect(kept.get("draft:a")).toBeNull();
  });
});

test("a browser with no room left is told apart from one that keeps everything", () => {
  const storage = new MemoryStorage();
  vi.stubGlobal("localStorage", storage);
  const kept = browserDrawer("user");
  expect([kept.set("draft:a", "1"), keeping.value]).toEqual([true, "kept"]);
  storage.full = true;
  expect([kept.set("draft:a", "12"), keeping.value]).toEqual([false, "full"]);
});

test.each([null, "", "{", '{"access":"a","unt', "5", "null", '"text"', "[]", '{"access":5}'])(
  "%o is not what was kept, and reads as nothing",
  (kept) => expect(parsed<{ access: string }>(kept, ({ access }) => typeof access === "string")).toBeNull(),
);

test("what was kept as JSON reads as it was", () => {
  const fits = ({ access }: { access?: string }) => typeof access === "string";
  expect(parsed<{ access: string }>('{"access":"a"}', fits)).toEqual({ access: "a" });
});
