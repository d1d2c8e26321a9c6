// @vitest-environment happy-dom

import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { useRef } from "preact/hooks";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { config } from "../../../testing/test-page";
import type { Me, SavedReply } from "../../api/types";
import { savedReplies } from "../../sync/saved-replies";
import { isLoaded, me, type Session, setSession } from "../../sync/store";
import { SavedReplyTool } from "./SavedReplyTool";

vi.mock("../../sync/account-module", () => ({ bindAccount: async () => undefined }));

const reply = (title: string, text: string, folder = ""): SavedReply => ({ id: title, folder, title, text });
const REPLIES = [
  reply("Lost card", "Come to {school}, room 4.", "Cards"),
  reply("Opening hours", "From nine.\nTo four."),
  reply("Rent", "It is due on the first.", "Housing"),
];

function start(replies: SavedReply[], site: "school" | "worker" = "worker") {
  const list = { replies, most: 100 };
  const call = vi.fn().mockResolvedValue(list);
  setSession({ config: { ...config, site }, call, socket: { reconnect: vi.fn() } } as unknown as Session);
  savedReplies.value = list;
  render(<Box />);
}

function Box() {
  const area = useRef<HTMLTextAreaElement>(null);
  return (
    <form onSubmit={() => expect.fail("the message was sent")}>
      <textarea ref={area} aria-label="Message" />
      <SavedReplyTool area={area} />
      <button type="submit">Send</button>
    </form>
  );
}

beforeEach(() => {
  isLoaded.value = true;
  me.value = { name: "Wanda", card: { name: "School of Law" } } as unknown as Me;
  // What a browser does; happy-dom has no such command.
  document.execCommand = (command, _, text = "") => {
    const area = box();
    area.setRangeText(command === "delete" ? "" : text, area.selectionStart, area.selectionEnd, "end");
    return area.dispatchEvent(new Event("input", { bubbles: true }));
  };
});
afterEach(cleanup);

const box = () => screen.getByLabelText<HTMLTextAreaElement>("Message");
const field = () => screen.findByRole<HTMLInputElement>("combobox");
const options = () => screen.queryAllByRole("option").map((it) => it.querySelector(".reply-title")?.textContent);
const active = () => screen.queryAllByRole("option", { selected: true }).map((it) => it.textContent);

/** Types one character at the end, as a keyboard does. */
function type(character: string, init: Partial<InputEvent> = {}) {
  const area = box();
  area.focus();
  area.value += character;
  area.setSelectionRange(area.value.length, area.value.length);
  const event = new Event("input", { bubbles: true });
  area.dispatchEvent(Object.assign(event, { inputType: "insertText", data: character, isComposing: false, ...init }));
}
const drawn = async () => act(() => undefined);
const key = async (name: string) => fireEvent.keyDown(await field(), { key: name });

test("a slash opens the list, and Enter puts a reply in its place with the school's name", async () => {
  start(REPLIES);
  box().value = "Hello ";
  type("/");
  await vi.waitFor(async () => expect(document.activeElement).toBe(await field()));
  expect(options()).toEqual(["Opening hours", "Lost card", "Rent"]);
  fireEvent.input(await field(), { target: { value: "card" } });
  expect(options()).toEqual(["Lost card"]);
  await key("Enter");
  expect(box().value).toBe("Hello Come to School of Law, room 4.");
  expect(document.activeElement).toBe(box());
  expect(screen.queryByRole("combobox")).toBeNull();
});

test("arrows go round, and a screen reader is told where they are", async () => {
  start(REPLIES);
  type("/");
  const input = await field();
  expect(active()[0]).toContain("Opening hours");
  await key("ArrowDown");
  expect(active()[0]).toContain("Lost card");
  await key("ArrowUp");
  await key("ArrowUp");
  expect(active()[0]).toContain("Rent");
  const pointed = input.getAttribute("aria-activedescendant") ?? "";
  expect(document.getElementById(pointed)?.getAttribute("aria-selected")).toBe("true");
  expect(document.getElementById(input.getAttribute("aria-controls") ?? "")?.getAttribute("role")).toBe("listbox");
});

test("what is typed before the menu is there is searched for, and leaves the message with the slash", async () => {
  start(REPLIES);
  box().value = "Hello ";
  for (const character of "/card") type(character);
  expect((await field()).value).toBe("card");
  expect(options()).toEqual(["Lost card"]);
  await key("Enter");
  expect(box().value).toBe("Hello Come to School of Law, room 4.");
});

test.each(["/ ", "//"])("%j typed at once is text", async (text) => {
  start(REPLIES);
  for (const character of text) type(character); // faster than the page is drawn
  await drawn();
  expect(screen.queryByRole("group")).toBeNull();
  expect(box().value).toBe(text);
});

test("Escape leaves the slash in the message", async () => {
  start(REPLIES);
  type("/");
  await key("Escape");
  expect(box().value).toBe("/");
  expect(document.activeElement).toBe(box());
  expect(screen.queryByRole("combobox")).toBeNull();
});

test.each([
  [" ", "he / "],
  ["/", "he //"],
  ["Backspace", "he "],
])("%j right after the slash is meant for the message", async (name, left) => {
  start(REPLIES);
  box().value = "he ";
  type("/");
  await key(name);
  expect(box().value).toBe(left);
  expect(screen.queryByRole("combobox")).toBeNull();
});

test("what matches nothing says so, and Enter neither inserts nor sends", async () => {
  start(REPLIES);
  type("/");
  fireEvent.input(await field(), { target: { value: "zebra" } });
  expect(screen.getByRole("status").textContent).toContain("zebra");
  await key("Enter");
  expect(box().value).toBe("/");
});

test("an input method that composes chooses nothing and opens nothing", async () => {
  start(REPLIES);
  type("/", { isComposing: true });
  await drawn();
  expect(screen.queryByRole("combobox")).toBeNull();
  type(" ");
  type("/");
  fireEvent.keyDown(await field(), { key: "Enter", isComposing: true });
  expect(box().value).toBe("/ /");
});

test("the button opens the same list, and a click inserts at the cursor", async () => {
  start(REPLIES);
  box().value = "Hello  Goodbye";
  box().setSelectionRange(6, 6);
  fireEvent.click(screen.getByRole("button", { name: "Saved replies" }));
  fireEvent.click((await screen.findAllByRole("option"))[0] as HTMLElement);
  expect(box().value).toBe("Hello From nine.\nTo four. Goodbye");
});

test("where there are none, a slash is a slash, and the button says who can write some", async () => {
  start([]);
  type("/");
  await drawn();
  expect(screen.queryByRole("group")).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Saved replies" }));
  await screen.findByText(/Your school has no saved replies yet/);
  cleanup();
  start([], "school");
  fireEvent.click(screen.getByRole("button", { name: "Saved replies" }));
  expect((await screen.findByRole("link")).getAttribute("href")).toBe("#/replies");
});

test("it closes when the focus goes elsewhere", async () => {
  start(REPLIES);
  type("/");
  await field();
  await vi.waitFor(() => {
    fireEvent.focusIn(document.body);
    expect(screen.queryByRole("combobox")).toBeNull();
  });
  expect(box().value).toBe("/");
});
