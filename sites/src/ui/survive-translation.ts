// A page that the browser translates must still be updated.
//
// A translator replaces each text node with its own (inside <font>). Preact would update the node that was removed: new
// text would not appear, and inserting beside that node throws. So each text has an element of its own, keyed by the
// text: a new text is a new element, and elements stay where Preact put them. An element whose key is its own text needs
// no other: a long list has half as many elements by it.

import { type ComponentChildren, Fragment, h, options, type VNode } from "preact";

const TEXT = "u-text";
/** Elements that may hold only text, and our own. */
const TEXT_ONLY = new Set([TEXT, "title", "option", "textarea", "style", "script"]);

/** The same children. Each text is in an element keyed by its position and the text. */
function wrapTexts(children: ComponentChildren, position = 0): ComponentChildren {
  if (Array.isArray(children)) return children.map((child: ComponentChildren, n) => wrapTexts(child, n));
  if ((typeof children !== "string" && typeof children !== "number") || children === "") return children;
  return h(TEXT, { key: `${position}:${children}` }, children);
}

/** Applies to everything that is drawn from now on. Call once, before the first page is drawn. */
export function surviveTranslation(): void {
  const previousHook = options.vnode?.bind(options);
  options.vnode = (vnode: VNode) => {
    const canHoldText = vnode.type === Fragment || (typeof vnode.type === "string" && !TEXT_ONLY.has(vnode.type));
    const props = vnode.props as { children?: ComponentChildren };
    const isKeyedByText = vnode.key !== null && vnode.key === props.children;
    if (canHoldText && !isKeyedByText && props.children !== undefined) props.children = wrapTexts(props.children);
    previousHook?.(vnode);
  };
}
