// @vitest-environment happy-dom

import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/preact";
import { useState } from "preact/hooks";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type FieldErrors, Form } from "./Form";
import { TextField } from "./TextField";

afterEach(cleanup);

interface ExampleProps {
  validate?: () => FieldErrors;
  submit?: () => Promise<FieldErrors | void>;
}

function Example({ validate, submit = async () => undefined }: ExampleProps) {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  return (
    <Form
      {...(validate && { validate })}
      submit={submit}
      describeError={(error) => `Failed: ${(error as Error).message}`}
      submitLabel="Save"
      busyLabel="Saving"
    >
      <TextField name="name" label="Name" value={name} onInput={setName} />
      <TextField name="email" label="E-mail" hint="Of your work" value={email} onInput={setEmail} />
    </Form>
  );
}

const press = () => fireEvent.click(screen.getByRole("button"));

describe("a form", () => {
  test("submits what is valid, without loading another page", async () => {
    const submit = vi.fn(async () => undefined);
    const { container } = render(<Example submit={submit} />);
    const isPrevented = !fireEvent.submit(container.querySelector("form") as HTMLFormElement);
    expect(isPrevented).toBe(true);
    await waitFor(() => expect(submit).toHaveBeenCalledOnce());
    expect(document.querySelector(".error-text:not(:empty)")).toBeNull();
  });

  test("with an invalid field submits nothing, says what is wrong and moves the focus to the field", () => {
    const submit = vi.fn(async () => undefined);
    render(<Example submit={submit} validate={() => ({ email: "This is no address." })} />);
    press();
    const field = screen.getByLabelText("E-mail");
    expect(submit).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(field);
    expect(field.getAttribute("aria-invalid")).toBe("true");
    expect(screen.getByLabelText("Name").getAttribute("aria-invalid")).toBe("false");
    const described = field
      .getAttribute("aria-describedby")
      ?.split(" ")
      .map((id) => document.getElementById(id)?.textContent);
    expect(described).toEqual(["Of your work", "This is no address."]);
  });

  test("shows the errors that the server found, and removes them when it submits again", async () => {
    const submit = vi.fn<() => Promise<FieldErrors | void>>(async () => undefined);
    submit.mockResolvedValueOnce({ name: "That name is taken." });
    render(<Example submit={submit} />);
    press();
    expect(await screen.findByText("That name is taken.")).toBeTruthy();
    press();
    await waitFor(() => expect(screen.queryByText("That name is taken.")).toBeNull());
  });

  test("says why it failed as a whole", async () => {
    render(<Example submit={() => Promise.reject(new Error("no network"))} />);
    press();
    expect(await screen.findByText("Failed: no network")).toBeTruthy();
  });

  test("submits once, however often the button is pressed", async () => {
    let finish = (): void => undefined;
    const submit = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
    render(<Example submit={submit} />);
    press();
    press();
    const button = await screen.findByText("Saving");
    expect(button.getAttribute("aria-disabled")).toBe("true");
    press();
    expect(submit).toHaveBeenCalledOnce();
    finish();
    expect(await screen.findByText("Save")).toBeTruthy();
  });
});

describe("a text field", () => {
  test("hands over what is typed", () => {
    render(<Example />);
    const field = screen.getByLabelText<HTMLInputElement>("Name");
    fireEvent.input(field, { target: { value: "Uma" } });
    expect(field.value).toBe("Uma");
  });

  test("follows the direction of its text only when there is some", () => {
    const draw = (value: string) => (
      <TextField name="a" label="A" value={value} autoDirection onInput={() => undefined} />
    );
    const { rerender } = render(draw(""));
    expect(screen.getByLabelText("A").hasAttribute("dir")).toBe(false);
    rerender(draw("شكرا"));
    expect(screen.getByLabelText("A").getAttribute("dir")).toBe("auto");
  });

  test("offers suggestions, and its status while nothing is wrong", () => {
    render(
      <TextField name="z" label="Zone" value="" status="2 left" suggestions={["UTC"]} onInput={() => undefined} />,
    );
    const list = screen.getByLabelText("Zone").getAttribute("list") ?? "";
    expect(document.getElementById(list)?.querySelector("option")?.value).toBe("UTC");
    expect(screen.getByText("2 left")).toBeTruthy();
  });
});
