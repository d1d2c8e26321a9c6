// @vitest-environment happy-dom

import { afterEach, beforeEach, expect, test } from "vitest";
import { focusRow, keepFocus } from "./keep-focus";

keepFocus();

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
const get = (selector: string) => document.querySelector(selector) as HTMLElement;
const focusIs = async (selector: string) => {
  await settled();
  expect(document.activeElement).toBe(get(selector));
};

beforeEach(() => void (document.body.innerHTML = ""));
afterEach(() => void (document.activeElement as HTMLElement).blur());

function show(html: string, focused: string): void {
  document.body.innerHTML = `<main>${html}</main>`;
  get(focused).focus();
}

const LIST = `<h1>Workers</h1><ul>${["a", "b", "c"].map((id) => `<li id="${id}">text <button>Remove</button></li>`).join("")}</ul><section><input></section>`;

test("when a row is gone the next row has the focus, then the previous one, then the heading", async () => {
  show(LIST, "#b button");
  get("#b").remove();
  await focusIs("#c button");
  get("#c").remove();
  await focusIs("#a button");
  get("#a").remove();
  await focusIs("h1");
});

test("when several rows are gone at once the nearest one that is left has the focus", async () => {
  show(LIST, "#a button");
  for (const id of ["a", "b"]) get(`#${id}`).remove();
  await focusIs("#c button");
});

test("a row that moves keeps the focus", async () => {
  show(LIST, "#c button");
  get("ul").prepend(get("#c"));
  await focusIs("#c button");
});

test("after the last of the earlier messages the log has the focus", async () => {
  show(`<section><div role="log" tabindex="0"><button>Earlier</button><ol><li>one</li></ol></div></section>`, "button");
  get("button").remove();
  await focusIs("[role=log]");
});

test("after a message that is discarded the log has the focus, and no link far away", async () => {
  show(
    `<section><div role="log" tabindex="0"><ol><li><a href="#1">far</a></li><li>near</li><li id="it"><button>Discard</button></li></ol></div></section>`,
    "#it button",
  );
  get("#it").remove();
  await focusIs("[role=log]");
});

test("in a group the chosen radio has the focus", async () => {
  show(
    `<div><fieldset><input type="radio" name="x" id="one"><input type="radio" name="x" id="two" checked></fieldset><div id="empty"><button>Show all</button></div></div>`,
    "#empty button",
  );
  get("#empty").remove();
  await focusIs("#two");
});

test("what is hidden or disabled while it has the focus gives it away", async () => {
  show(`<h1>Ask</h1><form><input id="field"></form>`, "#field");
  get("form").hidden = true;
  get("form").style.display = "none";
  await focusIs("h1");
});

test("after a dialog the focus is back where it was, also if a click gave it no focus there", async () => {
  show(`<button id="opener">End</button>`, "#opener");
  document.body.insertAdjacentHTML("beforeend", `<dialog open><h2>End?</h2><button id="yes">Yes</button></dialog>`);
  get("#yes").focus();
  get("dialog").remove();
  await focusIs("#opener");
});

test("after a dialog whose opener is gone the focus is beside where the opener was", async () => {
  show(LIST, "#b button");
  document.body.insertAdjacentHTML("beforeend", `<dialog open><h2>Remove?</h2><button id="yes">Yes</button></dialog>`);
  get("#yes").focus();
  get("#b").remove();
  get("dialog").remove();
  await focusIs("#c button");
});

test("within a dialog the focus stays in it", async () => {
  show(`<button id="opener">About</button>`, "#opener");
  document.body.insertAdjacentHTML(
    "beforeend",
    `<dialog open><h2>About</h2><p><button id="x">Discard</button></p></dialog>`,
  );
  get("#x").focus();
  get("#x").remove();
  await focusIs("dialog h2");
});

test("a toast's button and a notice's give the focus back", async () => {
  show(`<textarea id="box"></textarea>`, "#box");
  for (const name of ["toast", "notice"]) {
    document.body.insertAdjacentHTML(
      "beforeend",
      `<section class="${name}s"><div class="${name}"><button>x</button></div></section>`,
    );
    get(`.${name} button`).focus();
    get(`.${name}s`).remove();
    await focusIs("#box");
  }
});

test("when the whole page is another one, its heading has the focus", async () => {
  show(LIST, "#a button");
  document.body.innerHTML = "<main><h1>uconnect</h1><button>Sign in</button></main>";
  await focusIs("h1");
});

test("the focus that a person has left for nothing is not brought back", async () => {
  show(LIST, "#a button");
  get("#a button").blur();
  await settled();
  get("#a").remove();
  await focusIs("body");
});

test("back from a thread its row has the focus, and the next one if it was deleted", async () => {
  const row = (id: string) => `<li><a class="thread-row" href="#/threads/${id}" id="${id}">${id}</a></li>`;
  show(`<h1>Threads</h1><ul>${row("a")}${row("b")}</ul>`, "#a");
  get("h1").tabIndex = -1;
  focusRow("#/threads/b");
  await focusIs("#b");
  get("#a").setAttribute("aria-current", "page");
  get("#b").blur();
  await settled();
  get("#a").closest("li")?.remove();
  await settled();
  focusRow("#/threads/a");
  await focusIs("#b");
});

test("back from a thread the next row has the focus, if the thread left the list just after it was closed", async () => {
  const row = (id: string) => `<li><a class="thread-row" href="#/threads/${id}" id="${id}">${id}</a></li>`;
  show(`<h1>Threads</h1><ul>${row("a")}${row("b")}</ul><button id="c">Hand back</button>`, "#c");
  get("#a").setAttribute("aria-current", "page");
  await settled();
  get("#a").removeAttribute("aria-current");
  get("#a").closest("li")?.remove();
  await settled();
  focusRow("#/threads/a");
  await focusIs("#b");
});

const PANES = `<section class="list-pane"><a class="thread-row" href="#1">one</a><a class="thread-row" href="#2" aria-current="page">two</a><a class="thread-row" href="#3">three</a></section>
<section class="thread-pane"><h1 tabindex="-1">Two</h1><button>End</button><form class="composer"><textarea></textarea></form><dialog open><button id="close">Close</button></dialog></section>
<aside class="details-panel"><textarea></textarea></aside>`;

const press = (selector: string, key: string, more: KeyboardEventInit = {}) => {
  get(selector).focus();
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  get(selector).dispatchEvent(event);
  return event.defaultPrevented;
};
const BACK = { shiftKey: true };

test("from an open thread a keyboard goes back to its row", async () => {
  show(PANES, "textarea");
  for (const [selector, key, more] of [
    ["textarea", "Escape", {}],
    [".thread-pane button", "Escape", {}],
    [".details-panel textarea", "Escape", {}],
    [".thread-pane button", "Tab", BACK],
    ["h1", "Tab", BACK],
  ] as const) {
    expect(press(selector, key, more)).toBe(true);
    await focusIs(".thread-row[aria-current]");
  }
});

test("all other keys in a thread do what they do", () => {
  show(PANES, "textarea");
  expect(press("textarea", "Tab", BACK)).toBe(false); // the button is before it
  expect(press("textarea", "Escape", { isComposing: true })).toBe(false);
  expect(press(".thread-pane button", "Tab")).toBe(false);
  expect(press("#close", "Escape")).toBe(false); // the dialog hears it
  expect(press(".details-panel textarea", "Tab", BACK)).toBe(false);
});

test("from an open thread whose row has left the list, a keyboard goes to the next row", async () => {
  show(PANES.replace(/<a.*?<\/a>/g, "<li>$&</li>"), "textarea");
  await settled();
  get("li:has([aria-current])").remove();
  await settled();
  expect(press("textarea", "Escape")).toBe(true);
  await focusIs('.thread-row[href="#3"]');
});
