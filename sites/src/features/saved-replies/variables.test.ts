import { expect, test } from "vitest";
import { fillIn, unknownVariables } from "./variables";

test.each(["{school}", "{School}", "{ school }", "{{school}}", "{{ school }}"])(
  "%s becomes the school's name",
  (word) => {
    expect(fillIn(`Welcome to ${word}. ${word} is open.`, "Law & Order $&")).toBe(
      "Welcome to Law & Order $&. Law & Order $& is open.",
    );
  },
);

test.each(["{alias}", "{name}", "{requester}", "{{contact.name}}", "school", "{ }", "{schools}"])(
  "%s stays as it is: nothing of the requester is filled in",
  (word) => expect(fillIn(`Hello ${word}`, "Law")).toBe(`Hello ${word}`),
);

test("without a name, the text stays as it was written", () => {
  expect(fillIn("Welcome to {school}", undefined)).toBe("Welcome to {school}");
});

test("the words in braces that nothing fills in are named once, in their order", () => {
  expect(unknownVariables("{name}, at {school} we {{ contact.name }} and {name} {größe}")).toEqual([
    "{name}",
    "{{ contact.name }}",
    "{größe}",
  ]);
  expect(unknownVariables("Nothing {school} here: {}, { a b }, {1}")).toEqual([]);
});
