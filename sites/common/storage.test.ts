import { expect, test } from "vitest";
import { MemoryStorage } from "./kit/browser";
import { drawer } from "./storage";

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
