// @vitest-environment happy-dom

import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Avatar } from "./Avatar";
import { Badge } from "./Badge";
import { LoadFailure } from "./LoadFailure";
import { Notice } from "./Notice";
import { RadioGroup } from "./RadioGroup";
import { Skeleton } from "./Skeleton";
import { SplitView } from "./SplitView";
import { Switch } from "./Switch";
import { toast } from "./toast";
import { Toasts } from "./Toasts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const pass = (ms: number) => void act(() => void vi.advanceTimersByTime(ms));

describe("an avatar", () => {
  test.each([
    ["School of Law", "SL"],
    ["University Library", "UL"],
    ["Library", "L"],
    ["uma petrov", "UP"],
    ["42", ""],
    ["\u202eEve \u200bAdams", "EA"],
    ["e\u0301va nagy", "E\u0301N"],
    ["क्षमा शर्मा", "क्षश"],
  ])("of %s shows the initials %s, always on the same tint", (name, initials) => {
    const first = render(<Avatar name={name} />).container;
    const second = render(<Avatar name={name} />).container;
    expect(first.textContent).toBe(initials);
    expect(first.innerHTML).toBe(second.innerHTML);
  });

  test("shows the picture in place of the initials", () => {
    const { container } = render(<Avatar name="School of Law" pictureUrl="https://x.example/p" />);
    expect(container.querySelector("img")?.src).toBe("https://x.example/p");
    expect(container.textContent).toBe("");
  });
});

test("a badge of more than 99 is cut, and a screen reader hears the text alone", () => {
  const { container } = render(<Badge count={120} text="120 new messages" />);
  expect(container.querySelector("[aria-hidden]")?.textContent).toBe("99+");
  expect(screen.getByText("120 new messages")).toBeTruthy();
});

test("a skeleton shows nothing for 300 ms, and then its lines", () => {
  const { container } = render(<Skeleton label="Loading threads" lines={3} />);
  pass(299);
  expect(container.querySelectorAll("i").length).toBe(0);
  pass(1);
  expect(container.querySelectorAll("i").length).toBe(3);
  expect(screen.getByText("Loading threads")).toBeTruthy();
});

test("what failed to load says why, and can be tried again", () => {
  const retry = vi.fn();
  render(<LoadFailure text="No network." retry={retry} />);
  expect(screen.getByText("No network.")).toBeTruthy();
  fireEvent.click(screen.getByRole("button"));
  expect(retry).toHaveBeenCalledOnce();
});

test("a notice can be closed", () => {
  const close = vi.fn();
  render(<Notice text="The clock is off." onClose={close} />);
  fireEvent.click(screen.getByRole("button", { name: "Close this notice" }));
  expect(close).toHaveBeenCalledOnce();
});

test("a switch says whether it is on, and is busy without losing the focus", () => {
  const toggle = vi.fn();
  render(<Switch label="Available" checked busy onToggle={toggle} />);
  const control = screen.getByRole("switch", { name: "Available" });
  fireEvent.click(control);
  expect([control.getAttribute("aria-checked"), control.getAttribute("aria-disabled")]).toEqual(["true", "true"]);
  expect([control.hasAttribute("disabled"), toggle.mock.calls.length]).toEqual([false, 1]);
});

test("a group of radios has one chosen, and tells which one is chosen next", () => {
  const choose = vi.fn();
  const options = [
    { value: "a", label: "Wait", hint: "They stay." },
    { value: "b", label: "Go" },
  ];
  render(<RadioGroup name="policy" legend="New threads" options={options} value="a" onChange={choose} />);
  expect(screen.getByRole("group", { name: "New threads" })).toBeTruthy();
  expect(screen.getByLabelText<HTMLInputElement>(/Wait/).checked).toBe(true);
  fireEvent.click(screen.getByLabelText("Go"));
  expect(choose).toHaveBeenCalledExactlyOnceWith("b");
});

test("the title of a split view is the page's heading only while no thread is open", () => {
  const draw = (isDetailOpen: boolean) => (
    <SplitView title="Threads" isDetailOpen={isDetailOpen} list="list" detailLabel="Thread" detail={<h1>Exam</h1>} />
  );
  const { rerender } = render(draw(false));
  expect(screen.getByText("Threads").tagName).toBe("H1");
  rerender(draw(true));
  expect(screen.getByText("Threads").tagName).toBe("H2");
});

describe("a toast", () => {
  test("leaves after five seconds, but not while somebody points at it", () => {
    render(<Toasts />);
    void act(() => toast("Saved"));
    const shown = screen.getByText("Saved").closest(".toast") as HTMLElement;
    pass(4_000);
    fireEvent.pointerEnter(shown);
    pass(10_000);
    expect(screen.queryByText("Saved")).not.toBeNull();
    fireEvent.pointerLeave(shown);
    pass(5_000);
    expect(screen.queryByText("Saved")).toBeNull();
  });

  test("can undo what was done, once", () => {
    const undo = vi.fn();
    render(<Toasts />);
    void act(() => toast("Given to Wanda", { action: { label: "Undo", run: undo } }));
    fireEvent.click(screen.getByRole("button", { name: "Undo" }));
    expect([undo.mock.calls.length, screen.queryByText("Given to Wanda")]).toEqual([1, null]);
  });

  test("is one of two at most: the oldest one leaves first", () => {
    render(<Toasts />);
    void act(() => ["One", "Two", "Three"].forEach((text) => toast(text)));
    expect([...document.querySelectorAll(".toast")].map((shown) => shown.textContent)).toEqual(["Two", "Three"]);
    pass(5_000);
  });
});
