import { Fragment, h, options, type VNode } from "preact";
import { afterEach, beforeEach, expect, test } from "vitest";
import { surviveTranslation } from "./survive-translation";

const before = options.vnode?.bind(options);
beforeEach(surviveTranslation);
afterEach(() => void (options.vnode = before));

/** What an element holds: texts with their keys, elements by name. */
const contentOf = ({ props }: { props: object }): unknown => {
  const { children } = props as { children?: unknown };
  const one = (child: unknown): unknown => {
    if (Array.isArray(child)) return child.map(one);
    const { type, key, props } = (child ?? {}) as Omit<VNode<{ children?: unknown }>, "key"> & { key: unknown };
    return type === "u-text" ? [key, props.children] : type ? type : child;
  };
  return one(children);
};

test("a text is in an element that a new text replaces", () => {
  expect(contentOf(h("p", null, "Hello"))).toEqual(["0:Hello", "Hello"]);
  expect(contentOf(h("p", null, 3))).toEqual(["0:3", 3]);
});

test("texts between elements and conditions keep their positions", () => {
  const p = h("p", null, "a", h("b", null), false, null, "", ["b", h("i", null)]);
  expect(contentOf(p)).toEqual([["0:a", "a"], "b", false, null, "", [["0:b", "b"], "i"]]);
});

test("the texts of a fragment are wrapped, and elements that may hold only text are not", () => {
  expect(contentOf(h(Fragment, null, "a"))).toEqual(["0:a", "a"]);
  expect(contentOf(h("option", null, "a"))).toBe("a");
  expect(contentOf(h(() => null, null, "a"))).toBe("a");
});

test("an element that is keyed by its text is replaced with it, and needs no other", () => {
  expect(contentOf(h("span", { key: "a" }, "a"))).toBe("a");
  expect(contentOf(h("span", { key: "a" }, "b"))).toEqual(["0:b", "b"]);
});
