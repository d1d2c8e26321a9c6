import { expect, test } from "vitest";
import { steadyOrder } from "./steady-order";

const order = (shown: string, ids: string, id: string): string => steadyOrder([...shown], [...ids], id).join("");

test("a row that has moved stays after the row that it came after", () => {
  expect(order("abcd", "acdb", "b")).toBe("abcd");
  expect(order("abcd", "bcda", "a")).toBe("abcd");
  expect(order("abcd", "dabc", "d")).toBe("abcd");
});

test("rows that come and go move it with the row before it", () => {
  expect(order("abcd", "xacdb", "b")).toBe("xabcd");
  expect(order("abcd", "acdxb", "b")).toBe("abcdx");
  expect(order("abcd", "cdb", "b")).toBe("bcd");
  expect(order("abcd", "adb", "c")).toBe("adbc");
});

test("a row that has moved beyond what is loaded is still shown", () => {
  expect(order("abcd", "acd", "b")).toBe("abcd");
  expect(order("ab", "", "b")).toBe("b");
});

test("a row that was not shown before comes where it belongs", () => expect(order("acd", "abcd", "b")).toBe("abcd"));
