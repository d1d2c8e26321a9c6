// A page that the browser translates still follows what happens.
//
// A translator replaces each text node by one of its own (inside <font>). Preact would go on changing the node that was
// taken away: nothing new would reach the screen, and placing something beside that node throws. So every text stands in
// an element of its own, keyed by its words: other words are another element, and elements stay where Preact put them.

import { type ComponentChildren, Fragment, h, options, type VNode } from "preact";

const TEXT = "u-text";
/** Elements that may hold nothing but text, and ours. */
const BARE = new Set([TEXT, "title", "option", "textarea", "style", "script"]);

/** The same children, each text in an element keyed by its place and its words. */
export function wrapped(children: ComponentChildren, place = 0): ComponentChildren {
  if (Array.isArray(children)) return children.map((child: ComponentChildren, n) => wrapped(child, n));
  if ((typeof children !== "string" && typeof children !== "number") || children === "") return children;
  return h(TEXT, { key: `${place}:${children}` }, children);
}

/** From now on, whatever is drawn. Call once, before the first page is. */
export function outliveTranslation(): void {
  const before = options.vnode;
  options.vnode = (vnode: VNode) => {
    const holds = vnode.type === Fragment || (typeof vnode.type === "string" && !BARE.has(vnode.type));
    const props = vnode.props as { children?: ComponentChildren };
    if (holds && props.children !== undefined) props.children = wrapped(props.children);
    before?.(vnode);
  };
}
