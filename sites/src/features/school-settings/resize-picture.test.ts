import { expect, test } from "vitest";
import { centerSquare } from "./resize-picture";

test("a picture is cut to the square in its middle, in portrait and in landscape", () => {
  expect(centerSquare(300, 200)).toEqual({ x: 50, y: 0, side: 200 });
  expect(centerSquare(200, 300)).toEqual({ x: 0, y: 50, side: 200 });
  expect(centerSquare(200, 200)).toEqual({ x: 0, y: 0, side: 200 });
});
