// After an act the focus is never lost. If what had the focus is gone, the focus goes to the next sensible place: the
// next row, else the previous one, else the heading. After a dialog or a toast it goes back to where it was before.
//
// One observer serves every act, so no act moves the focus by itself.

import { isComposing } from "./is-composing";

const FOCUSABLE =
  'a[href], button:not(:disabled), input:not(:disabled, [type="hidden"]), textarea:not(:disabled), select:not(:disabled), summary, [tabindex="0"]';
const HEADINGS = "h1, h2, h3";
/** What is left to its own: the focus enters it only from inside. */
const REGIONS = "section, main, aside, nav, header, footer, dialog, .page, .toasts, .connection-status";
/** What comes and goes over the page. The focus returns to where it was before. */
const FLOATING = "dialog, .toasts, .toast, .connection-status, .notice";
const REMEMBERED = 12;

/** Where an element was when it was removed. */
interface Place {
  parent: Element | null;
  next: Element | null;
  previous: Element | null;
}

const NOWHERE: Place = { parent: null, next: null, previous: null };
const places = new WeakMap<Node, Place>();
let focused: HTMLElement | null = null;
let history: HTMLElement[] = [];
/** The row of the thread that was open last. It may have left its list, before its thread was closed or after. */
let openRow: Element | null = null;

const isVisible = (element: Element): boolean =>
  element.isConnected && element.checkVisibility({ visibilityProperty: true });
const canFocus = (element: Element): boolean => element.matches(FOCUSABLE) && isVisible(element);

/** In a group of radios the chosen one; else the first element that takes the focus. */
function firstIn(element: Element | null): HTMLElement | null {
  if (!element || element.matches(REGIONS)) return null;
  const found = [element, ...element.querySelectorAll(FOCUSABLE)].filter(canFocus) as HTMLElement[];
  const chosen = found[0]?.matches('[type="radio"]') && found.find((radio) => radio.matches(":checked"));
  return chosen || (found[0] ?? null);
}

const headingIn = (element: Element): HTMLElement | null =>
  [...element.querySelectorAll<HTMLElement>(HEADINGS)].find(isVisible) ?? null;

function placeOf(element: Element): Place {
  const { parentElement: parent, nextElementSibling: next, previousElementSibling: previous } = element;
  return parent || element === document.body ? { parent, next, previous } : (places.get(element) ?? NOWHERE);
}

/** The nearest sibling on one side that is still there. A bare text (survive-translation) is none. */
function neighbour(element: Element, side: "next" | "previous"): Element | null {
  let found = placeOf(element)[side];
  while (found && (!isVisible(found) || found.localName === "u-text")) found = placeOf(found)[side];
  return found;
}

/** Where the focus belongs when this element cannot have it; null if that is where it was before. */
export function nextPlace(lost: Element): HTMLElement | null {
  for (let element: Element | null = lost; element; element = placeOf(element).parent) {
    if (element.matches(FLOATING) && (element.localName !== "dialog" || !isVisible(element))) return null;
    if (isVisible(element)) {
      if (canFocus(element)) return element as HTMLElement;
      const heading = element.matches(REGIONS) ? headingIn(element) : null;
      if (heading) return heading;
    }
    const parent = placeOf(element).parent;
    if (parent?.matches(FLOATING) && !parent.matches("dialog")) continue;
    if (parent?.matches('[role="log"]') && canFocus(parent)) return parent as HTMLElement;
    const beside = firstIn(neighbour(element, "next")) ?? firstIn(neighbour(element, "previous"));
    if (beside) return beside;
  }
  return headingIn(document.body);
}

/** The element itself if it can have the focus, else the next sensible place. */
export const placeFor = (element: Element): HTMLElement | null =>
  (canFocus(element) ? (element as HTMLElement) : nextPlace(element)) ?? placeBefore();

/** Where the focus was before it went into what is over the page. */
function placeBefore(): HTMLElement | null {
  const earlier = history.pop();
  if (!earlier) return headingIn(document.body);
  return earlier.closest(FLOATING) ? placeBefore() : placeFor(earlier);
}

function moveTo(element: HTMLElement | null): void {
  if (!element) return;
  if (!element.matches(FOCUSABLE) && !element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus();
}

function remember(element: EventTarget | null): void {
  if (!(element instanceof HTMLElement) || element === document.body) return;
  focused = element;
  history = [...history.filter((other) => other !== element).slice(1 - REMEMBERED), element];
}

/** Back from a thread, the focus is on its row, or on the next one if that row is gone. */
export function focusRow(address: string): void {
  const row = document.querySelector(`:is(.thread-row, .card)[href="${address}"]`) ?? openRow;
  moveTo(row ? placeFor(row) : headingIn(document.body));
}

/** Moves the focus to the message box if there is a keyboard, or else to the page's heading. */
export function focusPage(): void {
  const main = document.querySelector<HTMLElement>(".main");
  const messageBox = matchMedia("(min-width: 768px) and (hover: hover) and (pointer: fine)").matches
    ? main?.querySelector<HTMLElement>(".composer textarea")
    : null;
  const heading = main?.querySelector<HTMLElement>("h1");
  const target = messageBox ?? (heading?.checkVisibility?.() === false ? main : (heading ?? main));
  target?.focus({ preventScroll: target === heading });
}

const isFocusLost = (): boolean => {
  const active = document.activeElement;
  return !active || active === document.body || !isVisible(active) || active.matches(":disabled");
};

function onChange(records: MutationRecord[]): void {
  for (const { target, attributeName, removedNodes, nextSibling, previousSibling } of records) {
    if (attributeName === "aria-current" && (target as Element).matches(".thread-row")) openRow = target as Element;
    const next = elementFrom(nextSibling, "nextSibling");
    const previous = elementFrom(previousSibling, "previousSibling");
    for (const node of removedNodes) {
      places.set(node, { parent: target as Element, next, previous });
      if (node instanceof Element) openRow = node.querySelector(".thread-row[aria-current]") ?? openRow;
    }
  }
  const lost = focused;
  if (!lost || !isFocusLost()) return;
  const isRemoved = records.some(({ removedNodes }) => [...removedNodes].some((node) => node.contains(lost)));
  if (isRemoved || !isVisible(lost) || lost.matches(":disabled")) moveTo(placeFor(lost));
}

/** A person may leave an element for nothing, by a click beside it. Then there is nothing to keep. */
function onFocusOut(): void {
  setTimeout(() => {
    if (!focused || !isFocusLost() || !document.hasFocus()) return;
    if (canFocus(focused) || focused.tabIndex === -1) focused = null;
    else moveTo(placeFor(focused));
  });
}

function elementFrom(node: Node | null, side: "nextSibling" | "previousSibling"): Element | null {
  let found = node;
  while (found && !(found instanceof Element)) found = found[side];
  return found;
}

/**
 * From an open thread a keyboard goes back to its row, or to the next one if that row has left the list: by Escape from
 * anywhere in the thread, or by Shift+Tab at its start.
 */
function onKeyDown(event: KeyboardEvent): void {
  const { target } = event;
  const pane = target instanceof HTMLElement && target.closest(".thread-pane, .details-panel");
  const list = document.querySelector(".list-pane");
  if (!pane || !list || !isVisible(list) || event.defaultPrevented || isComposing(event)) return;
  const isEscape = event.key === "Escape" && !target.closest("dialog");
  const isBackwards =
    event.key === "Tab" && event.shiftKey && pane.matches(".thread-pane") && isFirstStop(target, pane);
  if (!isEscape && !isBackwards) return;
  const row = list.querySelector(".thread-row[aria-current]") ?? openRow;
  if (!row) return;
  event.preventDefault();
  moveTo(placeFor(row));
}

const isFirstStop = (element: Element, pane: Element): boolean =>
  ![...pane.querySelectorAll(FOCUSABLE)].some(
    (other) => canFocus(other) && (other.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0,
  );

/** Watches the document. Call once. */
export function keepFocus(): void {
  remember(document.activeElement); // this part is loaded later than the page, where something may have the focus
  document.addEventListener("focusin", (event) => remember(event.target));
  document.addEventListener("focusout", onFocusOut);
  document.addEventListener("keydown", onKeyDown);
  // Safari gives a button that is clicked no focus. A shortcut clicks a button too, and the focus stays where it is.
  document.addEventListener(
    "click",
    ({ target, isTrusted }) => remember(isTrusted && target instanceof Element ? target.closest(FOCUSABLE) : null),
    true,
  );
  const attributeFilter = ["hidden", "disabled", "open", "aria-current"];
  const options = { childList: true, subtree: true, attributes: true, attributeFilter };
  new MutationObserver(onChange).observe(document.body, options);
}
