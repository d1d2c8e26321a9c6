import { Fragment, h, options, type VNode } from "preact";
import { afterEach, beforeEach, expect, test } from "vitest";
import { outliveTranslation } from "./translated";

const before = options.vnode;
beforeEach(outliveTranslation);
afterEach(() => void (options.vnode = before));

/** What an element holds: texts with their keys, elements by name. */
const held = ({ props }: { props: object }): unknown => {
  const { children } = props as { children?: unknown };
  const one = (child: unknown): unknown => {
    if (Array.isArray(child)) return child.map(one);
    const { type, key, props } = (child ?? {}) as VNode<{ children?: unknown }>;
    return type === "u-text" ? [key, props.children] : type ? type : child;
  };
  return one(children);
};

test("a text stands in an element that other words replace", () => {
  expect(held(h("p", null, "Hello"))).toEqual(["0:Hello", "Hello"]);
  expect(held(h("p", null, 3))).toEqual(["0:3", 3]);
});

test("texts among elements and conditions keep their places", () => {
  const p = h("p", null, "a", h("b", null), false, null, "", ["b", h("i", null)]);
  expect(held(p)).toEqual([["0:a", "a"], "b", false, null, "", [["0:b", "b"], "i"]]);
});

test("a fragment's texts are wrapped too, and what may hold only text is left alone", () => {
  expect(held(h(Fragment, null, "a"))).toEqual(["0:a", "a"]);
  expect(held(h("option", null, "a"))).toBe("a");
  expect(held(h(() => null, null, "a"))).toBe("a");
});
