import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { MemoryStorage } from "../../testing/fake-browser";
import { clearNamespace } from "./clear-namespace";
import { localNamespace, storageNamespace, storageStatus, parseStored } from "./storage";

beforeEach(() => void (storageStatus.value = "available"));
afterEach(() => {
  Reflect.deleteProperty(globalThis, "localStorage");
  vi.unstubAllGlobals();
});

test("a namespace sees its own keys only, even if another name starts with its name", () => {
  const storage = new MemoryStorage();
  const [user, users] = [storageNamespace(storage, "user"), storageNamespace(storage, "users")];
  user.set("draft:a", "1");
  users.set("draft:b", "2");
  expect([user.keys("draft:"), users.keys("draft:")]).toEqual([["draft:a"], ["draft:b"]]);
  expect(user.get("draft:b")).toBeNull();
});

test("if storage is full, the value lasts in memory until it is removed", () => {
  const storage = new MemoryStorage();
  const stored = storageNamespace(storage, "user");
  storage.full = true;
  stored.set("draft:a", "1");
  expect([stored.get("draft:a"), stored.keys("draft:")]).toEqual(["1", ["draft:a"]]);
  stored.remove("draft:a");
  expect([stored.get("draft:a"), stored.keys("draft:")]).toEqual([null, []]);
});

test("the last value is read, even if only the first one could be stored", () => {
  const storage = new MemoryStorage();
  const stored = storageNamespace(storage, "user");
  stored.set("draft:a", "stored");
  storage.full = true;
  stored.set("draft:a", "not stored");
  expect(stored.get("draft:a")).toBe("not stored");
  storage.full = false;
  stored.set("draft:a", "stored again");
  expect(stored.get("draft:a")).toBe("stored again");
  expect(stored.keys("draft:")).toEqual(["draft:a"]);
});

test("what cannot be removed counts as removed while the page is open, and can be stored again", () => {
  const storage = new MemoryStorage();
  const stored = storageNamespace(storage, "user");
  stored.set("draft:a", "1");
  storage.removeItem = () => {
    throw new DOMException("The operation is insecure.", "SecurityError");
  };
  stored.remove("draft:a");
  expect([stored.get("draft:a"), stored.keys("draft:")]).toEqual([null, []]);
  stored.set("draft:a", "2");
  expect([stored.get("draft:a"), stored.keys("draft:")]).toEqual(["2", ["draft:a"]]);
});

test("clearing a site's data goes on in a browser that forbids it", () => {
  vi.stubGlobal("localStorage", { getItem: () => null, "user:draft": "1", removeItem: () => expect.fail("forbidden") });
  vi.stubGlobal("sessionStorage", null);
  expect(() => clearNamespace("user")).not.toThrow();
});

describe("a browser that forbids storage", () => {
  const refuse = () => {
    throw new DOMException("The operation is insecure.", "SecurityError");
  };

  test.each([
    ["throws when it is asked for its storage", { get: refuse }],
    ["throws when its storage is used", { get: () => ({ getItem: refuse, setItem: refuse }) }],
    ["has no storage", { get: () => null }],
  ])("%s: values last in memory, and the page knows it", (_, property) => {
    Object.defineProperty(globalThis, "localStorage", { configurable: true, ...property });
    const stored = localNamespace("user");
    expect(stored.set("draft:a", "1")).toBe(false);
    expect([stored.get("draft:a"), stored.keys("draft:"), storageStatus.value]).toEqual([
      "1",
      ["draft:a"],
      "forbidden",
    ]);
    stored.remove("draft:a");
    expect(stored.get("draft:a")).toBeNull();
  });
});

test("a full storage is reported", () => {
  const storage = new MemoryStorage();
  vi.stubGlobal("localStorage", storage);
  const stored = localNamespace("user");
  expect([stored.set("draft:a", "1"), storageStatus.value]).toEqual([true, "available"]);
  storage.full = true;
  expect([stored.set("draft:a", "12"), storageStatus.value]).toEqual([false, "full"]);
});

test.each([null, "", "{", '{"access":"a","unt', "5", "null", '"text"', "[]", '{"access":5}'])(
  "%o is invalid, and reads as null",
  (stored) => expect(parseStored<{ access: string }>(stored, ({ access }) => typeof access === "string")).toBeNull(),
);

test("a stored JSON value is read back", () => {
  const isValid = ({ access }: { access?: string }) => typeof access === "string";
  expect(parseStored<{ access: string }>('{"access":"a"}', isValid)).toEqual({ access: "a" });
});
