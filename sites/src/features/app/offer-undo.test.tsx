// @vitest-environment happy-dom

import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError, NetworkError } from "../../api/client";
import { Toasts } from "../../ui/Toasts";
import { offerUndo } from "./offer-undo";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  void act(() => void vi.runAllTimers()); // the toasts leave
  cleanup();
  vi.useRealTimers();
});

/** Offers to undo something, and presses the button. */
async function undoOnce(undo: () => Promise<unknown>): Promise<void> {
  render(<Toasts />);
  void act(() => offerUndo("Given to Wanda", undo));
  await press();
}

const press = () => act(async () => void fireEvent.click(screen.getByRole("button", { name: "Undo" })));

test("an undo that succeeds says nothing more", async () => {
  await undoOnce(async () => undefined);
  expect(screen.getByRole("status").textContent).toBe("");
});

test.each([new NetworkError(false), new NetworkError(true), new ApiError(503, "busy", "Not now.")])(
  "an undo that fails says so, and is offered again until it succeeds",
  async (error) => {
    const undo = vi.fn().mockRejectedValueOnce(error).mockRejectedValueOnce(error).mockResolvedValueOnce({});
    await undoOnce(undo);
    expect(screen.getByRole("status").textContent).toContain("The undo did not finish.");
    await press();
    await act(() => void vi.advanceTimersByTime(10_000)); // longer than the first toast stays
    await press();
    expect(undo).toHaveBeenCalledTimes(3);
    expect(screen.getByRole("status").textContent).toBe("");
  },
);

test("an undo that is refused says why, and is not offered again", async () => {
  await undoOnce(() => Promise.reject(new ApiError(409, "thread_terminated", "This thread has ended.")));
  expect(screen.getByRole("status").textContent).toContain("This thread has ended.");
  expect(screen.queryByRole("button")).toBeNull();
});
