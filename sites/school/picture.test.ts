import { expect, test } from "vitest";
import { middle } from "./picture";

test("a picture is cut to the square in its middle, upright or lying", () => {
  expect(middle(300, 200)).toEqual({ x: 50, y: 0, side: 200 });
  expect(middle(200, 300)).toEqual({ x: 0, y: 50, side: 200 });
  expect(middle(200, 200)).toEqual({ x: 0, y: 0, side: 200 });
});
