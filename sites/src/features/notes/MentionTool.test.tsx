// @vitest-environment happy-dom

import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { useRef } from "preact/hooks";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MentionTool } from "./MentionTool";

function Box({ names }: { names: readonly string[] }) {
  const area = useRef<HTMLTextAreaElement>(null);
  return (
    <form onSubmit={() => expect.fail("the note was sent")}>
      <MentionTool area={area} names={names} />
      <textarea ref={area} aria-label="Note" />
      <button type="submit">Add note</button>
    </form>
  );
}
const start = (...names: string[]) => render(<Box names={names} />);

beforeEach(() => {
  // What a browser does; happy-dom has no such command.
  document.execCommand = (command, _, text = "") => {
    const area = box();
    area.setRangeText(command === "delete" ? "" : text, area.selectionStart, area.selectionEnd, "end");
    return area.dispatchEvent(Object.assign(new Event("input", { bubbles: true }), { inputType: command, data: text }));
  };
});
afterEach(cleanup);

const box = () => screen.getByLabelText<HTMLTextAreaElement>("Note");
const menu = () => screen.queryByRole<HTMLInputElement>("combobox");
const field = () => screen.findByRole<HTMLInputElement>("combobox");
const options = () => screen.queryAllByRole("option").map((it) => it.querySelector("bdi")?.textContent);
const key = async (name: string) => fireEvent.keyDown(await field(), { key: name });
const typeInMenu = async (value: string, isComposing = false) =>
  fireEvent.input(await field(), { target: { value }, isComposing });

/** Types one character at the end, as a keyboard does. */
function type(character: string) {
  const area = box();
  area.focus();
  area.value += character;
  area.setSelectionRange(area.value.length, area.value.length);
  const event = new Event("input", { bubbles: true });
  area.dispatchEvent(Object.assign(event, { inputType: "insertText", data: character, isComposing: false }));
}

test("@ offers who can read the note, and Enter writes the name", async () => {
  start("Wanda Okafor");
  box().value = "Please, ";
  type("@");
  await vi.waitFor(async () => expect(document.activeElement).toBe(await field()));
  expect(options()).toEqual(["Wanda Okafor"]);
  const pointed = menu()?.getAttribute("aria-activedescendant") ?? "";
  expect(document.getElementById(pointed)?.textContent).toContain("Wanda Okafor");
  await key("Enter");
  expect(box().value).toBe("Please, @Wanda Okafor ");
  expect(document.activeElement).toBe(box());
  expect(menu()).toBeNull();
});

test.each(["oka", "wanda o", "OKÁ"])("%j finds the name", async (typed) => {
  start("Wanda Okafor");
  type("@");
  await typeInMenu(typed);
  expect(options()).toEqual(["Wanda Okafor"]);
  await key("Enter");
  expect(box().value).toBe("@Wanda Okafor ");
});

test.each(["joe", "anda"])("%j begins no name: it goes back into the note with the focus", async (typed) => {
  start("Wanda Okafor");
  type("@");
  await typeInMenu(typed);
  expect(menu()).toBeNull();
  expect(box().value).toBe(`@${typed}`);
  expect(document.activeElement).toBe(box());
});

test("what an input method has not finished is not judged", async () => {
  start("王伟");
  type("@");
  await typeInMenu("wang", true);
  expect(menu()).not.toBeNull();
  await typeInMenu("王", true);
  expect(options()).toEqual(["王伟"]);
  await typeInMenu("往", true);
  fireEvent.compositionEnd(await field());
  expect(box().value).toBe("@往");
});

test("Escape leaves what was typed in the note, and closes nothing else", async () => {
  start("Wanda Okafor");
  type("@");
  const outer: boolean[] = [];
  document.addEventListener("keydown", ({ defaultPrevented }) => outer.push(defaultPrevented));
  await typeInMenu("wan");
  await key("Escape");
  expect([box().value, menu(), outer]).toEqual(["@wan", null, []]);
  box().value = "";
  type("@");
  await key("Escape");
  expect([box().value, menu()]).toEqual(["@", null]);
});

test.each([
  ["a space", " ", "@ "],
  ["another @", "@", "@@"],
  ["a backspace", "Backspace", ""],
])("%s at once is meant for the note", async (_, name, text) => {
  start("Wanda Okafor");
  type("@");
  await key(name);
  expect([box().value, menu()]).toEqual([text, null]);
});

test("who goes elsewhere leaves what they typed in the note", async () => {
  start("Wanda Okafor");
  type("@");
  await typeInMenu("wan");
  const button = screen.getByRole("button", { name: "Add note" });
  button.focus();
  fireEvent.focusIn(button);
  await vi.waitFor(() => expect(menu()).toBeNull());
  expect(box().value).toBe("@wan");
  expect(document.activeElement).toBe(button);
});

test("where nobody else can read the note, and in an e-mail address, @ is a character", async () => {
  start();
  type("@");
  await act(() => undefined);
  expect(menu()).toBeNull();
  cleanup();
  start("Wanda Okafor");
  box().value = "wanda";
  type("@");
  await act(() => undefined);
  expect(menu()).toBeNull();
});
