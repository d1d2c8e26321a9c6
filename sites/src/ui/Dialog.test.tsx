// @vitest-environment happy-dom

import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, describe, expect, test, vi } from "vitest";
import { confirm } from "./ConfirmDialog";
import { Overlay } from "./Overlay";
import { Dialog } from "./Dialog";
import { keepFocus } from "./keep-focus";

afterEach(cleanup);

describe("a dialog", () => {
  test("is modal, has a name, and gives the focus back when it closes", async () => {
    keepFocus();
    const button = document.body.appendChild(document.createElement("button"));
    button.focus();
    const { unmount } = render(
      <Dialog title="About this thread" onClose={() => undefined} closeLabel="Close">
        Raised on Monday
      </Dialog>,
    );
    const dialog = screen.getByRole<HTMLDialogElement>("dialog", { name: "About this thread" });
    expect(dialog.open).toBe(true);
    screen.getByRole("button", { name: "Close" }).focus();
    unmount();
    await vi.waitFor(() => expect(document.activeElement).toBe(button));
    button.remove();
  });

  test("closes by its button, by a click beside it and by Escape, and not by a click in it", () => {
    const close = vi.fn();
    render(
      <Dialog title="About" onClose={close} closeLabel="Close">
        <p>Text</p>
      </Dialog>,
    );
    fireEvent.click(screen.getByText("Text"));
    expect(close).not.toHaveBeenCalled();
    fireEvent.click(screen.getByRole("button", { name: "Close" }));
    fireEvent.click(screen.getByRole("dialog"));
    const stays = !fireEvent(screen.getByRole("dialog"), new Event("cancel", { cancelable: true }));
    expect([close.mock.calls.length, stays]).toEqual([3, true]);
  });
});

describe("a question", () => {
  const question = {
    title: "End this thread?",
    text: "No one can add messages.",
    confirmLabel: "End",
    cancelLabel: "Keep",
  };

  test.each([
    ["End", true],
    ["Keep", false],
  ])("answered with %s is %s, and goes away", async (label, expected) => {
    render(<Overlay />);
    const answer = confirm(question);
    fireEvent.click(await screen.findByRole("button", { name: label }));
    expect(await answer).toBe(expected);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  test("that is dismissed with Escape is answered no", async () => {
    render(<Overlay />);
    const answer = confirm(question);
    fireEvent(await screen.findByRole("dialog"), new Event("cancel", { cancelable: true }));
    expect(await answer).toBe(false);
  });

  test("marks the button that is safe to press: red for what cannot be undone", async () => {
    render(<Overlay />);
    void confirm({ ...question, danger: true });
    expect((await screen.findByRole("button", { name: "End" })).className).toContain("danger");
    fireEvent.click(screen.getByRole("button", { name: "Keep" }));
    void confirm({ ...question, preferred: "cancel" });
    expect((await screen.findByRole("button", { name: "Keep" })).className).toContain("primary");
    fireEvent.click(screen.getByRole("button", { name: "Keep" }));
  });
});
