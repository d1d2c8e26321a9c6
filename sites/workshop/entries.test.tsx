// @vitest-environment happy-dom

import { cleanup, render } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { entries } from "./entries";

const components = Object.keys(import.meta.glob("../src/ui/*.tsx"))
  .filter((path) => !path.includes(".test."))
  .map((path) => path.replace(/^.*\/|\.tsx$/g, ""));

beforeEach(() => void vi.spyOn(console, "error").mockImplementation((...args) => expect.fail(args.join(" "))));
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

test("every ui component has an entry, and every entry is of a ui component", () => {
  expect(Object.keys(entries).sort()).toEqual(components.sort());
  expect(components.length).toBeGreaterThan(15);
});

describe.each(Object.entries(entries))("%s", (component, states) => {
  test.each(Object.entries(states))("%s is drawn", (state, draw) => {
    const { container } = render(<>{draw()}</>);
    const isEmpty = `${component}: ${state}` === "Overlay: no question";
    expect(container.innerHTML !== "").toBe(!isEmpty);
  });
});
