// @vitest-environment happy-dom

import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { useState } from "preact/hooks";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { addAnnouncer, announce } from "./announce";
import { useCharactersLeft } from "./characters-left";
import { Dialog } from "./Dialog";
import { ErrorText } from "./ErrorText";
import { Form } from "./Form";
import { TextField } from "./TextField";
import { toast } from "./toast";
import { Toasts } from "./Toasts";

beforeEach(() => {
  vi.useFakeTimers();
  addAnnouncer(document.body);
});
afterEach(() => {
  cleanup();
  vi.runAllTimers();
  document.body.replaceChildren();
  vi.useRealTimers();
});

const heard = (urgency = "polite", within: ParentNode = document) =>
  [...within.querySelectorAll(`[aria-live="${urgency}"] > *`)].map((line) => line.textContent);

test("equal texts are announced as often as they come, and several at once are all announced", () => {
  for (const text of ["Yes.", "Yes.", "Yes.", "No."]) announce(text);
  expect(heard()).toEqual(["Yes.", "Yes.", "Yes.", "No."]);
  vi.advanceTimersByTime(60_000);
  expect(heard()).toEqual([]);
});

test("nothing is announced for an empty text, and errors interrupt", () => {
  announce("");
  announce("Not sent.", "assertive");
  expect([heard(), heard("assertive")]).toEqual([[], ["Not sent."]]);
});

test("while a dialog is open, announcements are in it: outside of it nothing is heard", async () => {
  render(
    <Dialog title="About" onClose={() => undefined}>
      text
    </Dialog>,
  );
  announce("Copied");
  expect(heard("polite", screen.getByRole("dialog"))).toEqual(["Copied"]);
  expect(heard().length).toBe(1);
});

test("toasts are announced once each, also those that leave at once for others", () => {
  render(<Toasts />);
  void act(() => ["Saved", "Saved", "Sent", "Done"].forEach((text) => toast(text)));
  const drawn = [...document.querySelectorAll("[role=status] > .toast")].map((shown) => shown.textContent);
  expect([...heard(), ...drawn]).toEqual(["Saved", "Saved", "Sent", "Done"]);
  void act(() => void vi.advanceTimersByTime(6_000));
});

test("how much room is left is announced at 400, 100, 20 and 0 and when there is none, not at each key", () => {
  function Counter({ left }: { left: number }) {
    useCharactersLeft(left, `${left} left`);
    return null;
  }
  const { rerender } = render(<Counter left={405} />);
  for (let left = 404; left >= -3; left--) void act(() => rerender(<Counter left={left} />));
  expect(heard()).toEqual(["400 left", "100 left", "20 left", "0 left", "-1 left"]);
  for (const left of [500, 50]) void act(() => rerender(<Counter left={left} />));
  expect(heard().at(-1)).toBe("50 left");
});

test("a draft that is nearly full says nothing when it is opened", () => {
  function Counter() {
    useCharactersLeft(12, "12 left");
    return null;
  }
  render(<Counter />);
  expect(heard()).toEqual([]);
});

test("an error that comes again is announced again", () => {
  const alerts = new Set<Element>();
  const note = () => document.querySelectorAll("[role=alert]").forEach((line) => alerts.add(line));
  const { rerender } = render(<ErrorText text="This picture cannot be read." occasion={1} />);
  note();
  rerender(<ErrorText text="This picture cannot be read." occasion={1} />);
  note();
  rerender(<ErrorText text="This picture cannot be read." occasion={2} />);
  note();
  expect([...alerts].map((line) => line.textContent)).toEqual(Array(2).fill("This picture cannot be read."));
});

function Example({ result }: { result: Record<string, string> }) {
  const [name, setName] = useState("Uma");
  return (
    <Form submit={async () => result} describeError={String} submitLabel="Save">
      <TextField name="name" label="Name" value={name} onInput={setName} />
    </Form>
  );
}

async function submitTwice(result: Record<string, string>): Promise<Element[]> {
  const alerts = new Set<Element>();
  render(<Example result={result} />);
  for (let attempt = 0; attempt < 2; attempt++) {
    fireEvent.click(screen.getByRole("button"));
    await act(async () => void (await vi.advanceTimersByTimeAsync(0)));
    alerts.add(screen.getByRole("alert"));
  }
  return [...alerts];
}

test("what is wrong with a field is announced at each attempt, and the field has the focus and its text", async () => {
  const alerts = await submitTwice({ name: "That name is taken." });
  expect(alerts.map((line) => line.textContent)).toEqual(Array(2).fill("That name is taken."));
  const field = screen.getByLabelText<HTMLInputElement>("Name");
  expect([document.activeElement, field.getAttribute("aria-invalid"), field.value]).toEqual([field, "true", "Uma"]);
  expect(field.getAttribute("aria-describedby")).toBe(screen.getByRole("alert").id);
});

test("what is wrong with a whole form is announced at each attempt", async () => {
  const alerts = await submitTwice({ form: "No network." });
  expect(alerts.map((line) => line.textContent)).toEqual(Array(2).fill("No network."));
});
