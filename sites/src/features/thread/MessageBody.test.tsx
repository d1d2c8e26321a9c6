// @vitest-environment happy-dom

import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { toasts } from "../../ui/toast";
import { MessageBody } from "./MessageBody";

const written = vi.fn();

beforeEach(() => {
  document.body.innerHTML = `<form class="composer"><textarea></textarea></form>`;
  document.execCommand = () => false;
  vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText: written } });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  written.mockReset();
  toasts.value = [];
});

const box = () => document.querySelector("textarea") as HTMLTextAreaElement;
const press = (name: string) => fireEvent.click(screen.getByRole("button", { name }));
const open = (text: string) => {
  render(<MessageBody text={text} isReached markUnread={null} />);
  fireEvent.pointerDown(screen.getByRole("button", { name: "Quote or copy" }));
  press("Quote or copy");
};

test.each([
  ["", "> When?\n> And where?\n\n"],
  ["Hello.", "Hello.\n> When?\n> And where?\n\n"],
  ["Hello.\n", "Hello.\n> When?\n> And where?\n\n"],
])("a quote is on lines of its own, after %j", (before, after) => {
  box().value = before;
  box().setSelectionRange(before.length, before.length);
  open("When?\nAnd where?");
  press("Quote");
  expect(box().value).toBe(after);
  expect(document.activeElement).toBe(box());
  expect(screen.queryByRole("button", { name: "Copy" })).toBeNull();
});

test("of a long message a part is quoted, and the whole is copied as it was typed", async () => {
  const text = `**${"a".repeat(900)}**`;
  open(text);
  press("Copy");
  await vi.waitFor(() => expect(toasts.value.map((it) => it.text)).toEqual(["Copied"]));
  expect(written).toHaveBeenCalledExactlyOnceWith(text);
  press("Quote or copy");
  press("Quote");
  expect(box().value.length).toBeLessThan(310);
});

test("says that nothing was copied where the browser forbids it", async () => {
  written.mockRejectedValue(new Error("forbidden"));
  open("When?");
  press("Copy");
  await vi.waitFor(() => expect(toasts.value[0]?.text).toMatch(/does not let the page copy/));
});

test("in a thread that has ended nothing is quoted", () => {
  box().remove();
  open("When?");
  expect(screen.queryByRole("button", { name: "Quote" })).toBeNull();
  expect(screen.getByRole("button", { name: "Copy" })).toBeTruthy();
});
