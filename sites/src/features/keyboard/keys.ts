// The controls of a page are its commands: a control says its key (`aria-keyshortcuts`), and the key does what a click on
// the control does. A menu's button says which key is inside of it (`data-menu-key`).
//
// A key that is typed into a field, that a dialog hears, or that has been heard by another part of the page is left alone.

import { parseRoute, route } from "../../browser/route";
import { singleKeys } from "../../browser/single-keys";
import { peekThread, type Role } from "../../sync/store";
import { isComposing } from "../../ui/is-composing";
import { drawn, FIELDS, usable, use } from "./controls";
import { move, ROWS, visit } from "./move-in-list";

/** The keys of a thread. They act on the row that has the focus, whose thread they open first. */
const THREAD_KEYS: Record<Role, readonly string[]> = {
  raiser: ["r"],
  school: ["r", "o", "t", "e", "n"],
  worker: ["r", "h", "e", "n"],
};

export const isMac = /Mac|iP/.test(navigator.platform);

/** The keys of the thread that a row is of. */
function keysOf(row: HTMLAnchorElement | null | undefined): readonly string[] {
  const id = parseRoute(row?.hash ?? "", [route.peek().page]).id;
  const role = peekThread(id).row?.as;
  return role ? THREAD_KEYS[role] : [];
}

/** The row that has the focus, if its thread is not open and has this key. */
function rowFor(key: string): HTMLElement | undefined {
  const row = document.activeElement?.closest<HTMLAnchorElement>("a.thread-row:not([aria-current])");
  return row && keysOf(row).includes(key) ? row : undefined;
}

/** Whether this page has a list to move in, and the keys of its threads. */
export const keysOfPage = () => ({
  hasList: usable(ROWS).length > 0,
  threadKeys: keysOf(document.querySelector<HTMLAnchorElement>(".list-pane a.thread-row")),
});

/** What a key does now. undefined if the page has no such command. */
function commandOf(key: string): (() => unknown) | undefined {
  const row = rowFor(key);
  return row ? () => openAndRun(row, key) : commandOnPage(key);
}

/** Nothing is done to another thread that is opened meanwhile. */
async function openAndRun(row: HTMLElement, key: string): Promise<void> {
  row.click();
  const run = await drawn(() => (row.matches("[aria-current]") ? commandOnPage(key) : undefined));
  run?.();
}

const controlOf = (key: string): HTMLElement | undefined =>
  usable("[aria-keyshortcuts]").find((control) => control.getAttribute("aria-keyshortcuts") === key);

/** The same for the thread that is open, whatever has the focus. */
export function commandOnPage(key: string): (() => unknown) | undefined {
  const control = controlOf(key);
  if (control) return () => use(control);
  const menu = usable("[data-menu-key]").find((button) => button.dataset["menuKey"] === key);
  return menu && (() => (menu.click(), drawn(() => controlOf(key)).then((inside) => inside && use(inside))));
}

/** What the page opens by a key, and no control of it does. */
export interface Openers {
  palette: () => void;
  help: () => void;
}

const isPaletteKey = ({ ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): boolean =>
  (isMac ? metaKey && !ctrlKey : ctrlKey && !metaKey) && !shiftKey && !altKey;

/** The key as it is on a Latin keyboard, also where another script is typed. Capitals are for other programs. */
function latinKey({ key, code, shiftKey }: KeyboardEvent): string {
  const latin = key.length === 1 && key > "~" && code.startsWith("Key") ? code.slice(3) : key;
  if (latin.length > 1) return latin;
  return shiftKey && /[a-z]/i.test(latin) ? "" : latin.toLowerCase();
}

function commandFor(event: KeyboardEvent, openers: Openers): (() => unknown) | undefined {
  const key = latinKey(event);
  if (key === "k" && isPaletteKey(event)) return openers.palette;
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return undefined;
  if (key === "Escape") return commandOf(key);
  const isTyped = event.target instanceof Element && event.target.closest(FIELDS);
  if (!singleKeys.peek() || isTyped || key.length !== 1) return undefined;
  if (key === "j" || key === "k") return () => move(key === "j" ? 1 : -1);
  if (event.repeat) return undefined;
  return commandOf(key) ?? { "/": openers.palette, "?": openers.help }[key];
}

/** Listens for the keys of the page. Returns the function that stops it. */
export function listenForKeys(openers: Openers): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    const run = event.defaultPrevented || isComposing(event) ? undefined : commandFor(event, openers);
    if (!run) return;
    event.preventDefault();
    void run();
  };
  document.addEventListener("keydown", onKeyDown);
  document.addEventListener("focusin", visit);
  return () => {
    document.removeEventListener("keydown", onKeyDown);
    document.removeEventListener("focusin", visit);
  };
}
