// @vitest-environment happy-dom

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { id, schoolRow } from "../../../testing/fixtures";
import { route } from "../../browser/route";
import { singleKeys } from "../../browser/single-keys";
import { applyFrame, clearThreads } from "../../sync/store";
import { listenForKeys } from "./keys";

const openers = { palette: vi.fn(), help: vi.fn() };
let stop: () => void;

beforeEach(() => {
  singleKeys.value = true;
  route.value = { page: "inbox", id: "" };
  stop = listenForKeys(openers);
});
afterEach(() => {
  stop();
  clearThreads();
  vi.clearAllMocks();
  document.body.innerHTML = "";
});

const get = (selector: string) => document.querySelector(selector) as HTMLElement;
const focused = () => document.activeElement?.id;

/** Shows a page, and counts the clicks on what has an id. */
function show(html: string): Record<string, number> {
  const clicks: Record<string, number> = {};
  document.body.innerHTML = html;
  document.body.onclick = ({ target }) => {
    const { id } = target as HTMLElement;
    clicks[id] = (clicks[id] ?? 0) + 1;
  };
  return clicks;
}

/** Presses a key where the focus is. Returns whether the page has taken it from the browser. */
function press(key: string, more: KeyboardEventInit = {}): boolean {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  (document.activeElement ?? document.body).dispatchEvent(event);
  return event.defaultPrevented;
}

const BUTTON = `<button id="give" aria-keyshortcuts="o">Give</button>`;

describe("a control with a key", () => {
  test("is clicked by its key, and the focus stays where it is", () => {
    const clicks = show(`<button id="other">Other</button>${BUTTON}`);
    get("#other").focus();
    expect([press("o"), clicks, focused()]).toEqual([true, { give: 1 }, "other"]);
  });

  test("gets the focus if it is a field, in which the next key is typed", () => {
    const clicks = show(`<textarea id="box" aria-keyshortcuts="r"></textarea>${BUTTON}`);
    expect([press("r"), focused()]).toEqual([true, "box"]);
    expect([press("o"), clicks]).toEqual([false, {}]);
  });

  test.each([
    ["is disabled", `<button id="give" aria-keyshortcuts="o" disabled>Give</button>`],
    ["is busy", `<button id="give" aria-keyshortcuts="o" aria-disabled="true">Give</button>`],
    ["has another key", `<button id="give" aria-keyshortcuts="h">Give</button>`],
    ["is behind a dialog", `${BUTTON}<dialog open><p>Sure?</p></dialog>`],
  ])("is left alone if it %s", (_, html) => {
    const clicks = show(html);
    expect([press("o"), clicks]).toEqual([false, {}]);
  });

  test.each([
    ["a modifier", { ctrlKey: true }],
    ["another modifier", { altKey: true }],
    ["the command key", { metaKey: true }],
    ["Shift", { key: "O", shiftKey: true }],
    ["an input method", { isComposing: true }],
    ["a key that is held", { repeat: true }],
  ])("is left alone with %s", (_, more) => {
    const clicks = show(BUTTON);
    expect([press("o", more), clicks]).toEqual([false, {}]);
  });

  test("is clicked with Caps Lock, and from a keyboard of another script", () => {
    const clicks = show(BUTTON);
    press("O");
    press("щ", { code: "KeyO" });
    expect(clicks).toEqual({ give: 2 });
  });

  test.each(["<input>", `<input type="date">`, "<textarea></textarea>", "<select></select>"])(
    "is left alone while a key is typed in %s",
    (field) => {
      const clicks = show(`<p class="field">${field}</p>${BUTTON}`);
      get(".field > *").focus();
      expect([press("o"), clicks]).toEqual([false, {}]);
    },
  );

  test("is clicked from a radio, which hears no letters", () => {
    const clicks = show(`<input type="radio" id="all">${BUTTON}`);
    get("#all").focus();
    press("o");
    expect(clicks).toEqual({ give: 1 });
  });

  test("is left alone if another part of the page has heard the key", () => {
    const clicks = show(`<div id="menu"><button id="item">Item</button></div>${BUTTON}`);
    get("#menu").onkeydown = (event) => event.preventDefault();
    get("#item").focus();
    press("o");
    expect(clicks).toEqual({});
  });

  test("is left alone after the page has stopped listening", () => {
    const clicks = show(BUTTON);
    stop();
    expect([press("o"), clicks]).toEqual([false, {}]);
  });
});

test("a key that is in a menu opens the menu and does it", async () => {
  const clicks = show(`<div id="anchor"><button id="menu" data-menu-key="t">With Wanda</button></div>`);
  get("#menu").addEventListener("click", () =>
    setTimeout(() => {
      get("#anchor").insertAdjacentHTML("beforeend", `<button id="back" aria-keyshortcuts="t">Take it back</button>`);
    }, 30),
  );
  press("t");
  await vi.waitFor(() => expect(clicks).toEqual({ menu: 1, back: 1 }));
  press("t"); // the menu is open now
  expect(clicks).toEqual({ menu: 1, back: 2 });
});

test("when single keys are off, only Escape and the palette's key act", () => {
  singleKeys.value = false;
  const clicks = show(`${BUTTON}<a id="leave" href="#/" aria-keyshortcuts="Escape">Back</a>`);
  const taken = ["o", "j", "/", "?"].map((key) => press(key));
  expect([taken, clicks]).toEqual([[false, false, false, false], {}]);
  press("Escape");
  press("k", { ctrlKey: true });
  expect([clicks, openers.palette.mock.calls.length, openers.help.mock.calls.length]).toEqual([{ leave: 1 }, 1, 0]);
});

describe("the palette and the list of keys", () => {
  test("open by Ctrl-K, also from a field, and by ?", () => {
    show(`<input id="field">`);
    get("#field").focus();
    expect([press("k", { ctrlKey: true }), press("?", { shiftKey: true })]).toEqual([true, false]);
    get("#field").blur();
    press("?", { shiftKey: true });
    expect([openers.palette.mock.calls.length, openers.help.mock.calls.length]).toEqual([1, 1]);
  });

  test("a slash goes to the search of the page, and to the palette if the page has none", () => {
    show(`<input type="search" id="search" aria-keyshortcuts="/">`);
    expect([press("/"), focused(), openers.palette.mock.calls.length]).toEqual([true, "search", 0]);
    show("<p>No search</p>");
    press("/", { shiftKey: true }); // as a German keyboard has it
    expect(openers.palette).toHaveBeenCalledOnce();
  });

  test("Shift or Alt with Ctrl-K is another program's", () => {
    show("");
    expect([press("k", { ctrlKey: true, shiftKey: true }), press("k", { ctrlKey: true, altKey: true })]).toEqual([
      false,
      false,
    ]);
  });
});

const rowOf = (name: string, more = "") =>
  `<li><a class="thread-row" id="${name}" href="#/inbox/${id(name)}" ${more}>${name}</a></li>`;
const list = (rows: string) => `<section class="list-pane"><ul>${rows}</ul></section>`;

describe("in a list", () => {
  test("j and k go to the next and to the previous row, and stop at its ends", async () => {
    show(list(["one", "two", "three"].map((name) => rowOf(name)).join("")));
    const visited: (string | undefined)[] = [];
    for (const key of ["j", "j", "j", "j", "k", "k", "k"]) {
      press(key, { repeat: true });
      await vi.waitFor(() => undefined);
      visited.push(focused());
    }
    expect(visited).toEqual(["one", "two", "three", "three", "two", "one", "one"]);
  });

  test("j goes on from the row of the open thread if the focus is elsewhere", async () => {
    show(`${list(rowOf("one") + rowOf("two", 'aria-current="page"') + rowOf("three"))}<button id="end">End</button>`);
    get("#end").focus();
    press("j");
    await vi.waitFor(() => expect(focused()).toBe("three"));
  });

  test("j and k go on where the row was, if its thread has moved or left the list meanwhile", async () => {
    show(list(["one", "two", "three", "four"].map((name) => rowOf(name)).join("")));
    get("#two").focus();
    get("ul").append(get("#two").closest("li") as Element); // answered: it waits no more
    get("#two").focus();
    press("j");
    expect(focused()).toBe("three");
    get("ul").append(get("#three").closest("li") as Element);
    get("#three").focus();
    press("k");
    expect(focused()).toBe("one");
    press("j");
    get("#four").closest("li")?.remove();
    get("#four")?.blur();
    press("j");
    await vi.waitFor(() => expect(focused()).toBe("two"));
  });

  test("k goes on from the row of the open thread as the list is, if others have moved", async () => {
    show(list(["one", "two", "three"].map((name) => rowOf(name)).join("")));
    get("#three").focus();
    get("ul").append(get("#two").closest("li") as Element); // it was open before, and is answered
    get("#three").setAttribute("aria-current", "page");
    get("#three").focus();
    press("k");
    await vi.waitFor(() => expect(focused()).toBe("one"));
  });

  test("in a long list a row that is not drawn yet is waited for, and not passed over", async () => {
    const at = (place: number, name: string) => rowOf(name).replace("<li", `<li aria-posinset="${place}"`);
    show(list(at(1, "one") + at(9, "nine")));
    get("#one").focus();
    press("j");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(focused()).toBe("one");
    get("#one").closest("li")?.insertAdjacentHTML("afterend", at(2, "two"));
    await vi.waitFor(() => expect(focused()).toBe("two"));
  });

  test("a long list is not left while it goes on, and left at its end", async () => {
    const at = (size: number) => rowOf("last").replace("<li", `<li aria-posinset="9" aria-setsize="${size}"`);
    for (const [size, next] of [
      [-1, "last"],
      [12, "last"],
      [9, "more"],
    ] as const) {
      show(
        `<section class="list-pane"><ul>${at(size)}</ul><button class="show-older" id="more">More</button></section>`,
      );
      get("#last").focus();
      press("j");
      expect(focused()).toBe(next);
    }
  });

  test("j reaches the button that shows more", () => {
    show(
      `<section class="list-pane"><ul>${rowOf("one")}</ul><button class="show-older" id="more">More</button></section>`,
    );
    get("#one").focus();
    press("j");
    expect(focused()).toBe("more");
  });
});

describe("a key of a thread on a row that has the focus", () => {
  test("opens its thread and acts there, and not in the thread that is open", async () => {
    for (const name of ["one", "two"]) applyFrame({ t: "row", row: schoolRow(name, 1) });
    const clicks = show(
      `${list(rowOf("one", 'aria-current="page"') + rowOf("two"))}<div id="pane"><button id="give-one" aria-keyshortcuts="o">Give</button></div>`,
    );
    get("#two").addEventListener("click", (event) => {
      event.preventDefault();
      setTimeout(() => {
        get("#one").removeAttribute("aria-current");
        get("#two").setAttribute("aria-current", "page");
        get("#pane").innerHTML = `<button id="give-two" aria-keyshortcuts="o">Give</button>`;
      }, 30);
    });
    get("#two").focus();
    press("o");
    await vi.waitFor(() => expect(clicks).toEqual({ two: 1, "give-two": 1 }));
    press("o"); // it is open now
    expect(clicks).toEqual({ two: 1, "give-two": 2 });
  });

  test("is no key of other rows", () => {
    applyFrame({ t: "row", row: schoolRow("one", 1) });
    const clicks = show(list(rowOf("one") + rowOf("unknown")));
    for (const [row, key] of [
      ["one", "h"], // a worker's
      ["unknown", "o"],
    ] as const) {
      get(`#${row}`).focus();
      press(key);
    }
    expect(clicks).toEqual({});
  });
});
