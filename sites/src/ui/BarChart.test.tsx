// @vitest-environment happy-dom

import { cleanup, render, screen, within } from "@testing-library/preact";
import { afterEach, expect, test } from "vitest";
import { BarChart, wholeTicks } from "./BarChart";

afterEach(cleanup);

const CHART = {
  title: "Questions by week",
  bandsLabel: "Week",
  bands: ["2 Nov", "9 Nov", "16 Nov"],
  heightLabel: "Questions",
  ticks: wholeTicks(9),
  format: (value: number) => `${value} questions`,
  tableLabel: "Numbers as a table",
};
const ASKED = { name: "Asked", values: [3, 0, 9] };
const ENDED = { name: "Ended", values: [1, null, 4] };

test.each([
  [0, [0, 1]],
  [1, [0, 1]],
  [4, [0, 1, 2, 3, 4]],
  [5, [0, 2, 4, 6]],
  [9, [0, 5, 10]],
  [37, [0, 10, 20, 30, 40]],
  [1234, [0, 500, 1000, 1500]],
])("lines for up to %d are at round numbers", (most, lines) => {
  expect(wholeTicks(most).map(({ at }) => at)).toEqual(lines);
});

test("a bar is as high as its number, and none stands where there is none", () => {
  const { container } = render(<BarChart {...CHART} series={[ASKED, ENDED]} />);
  const heights = (bar: string) =>
    [...container.querySelectorAll(`rect.${bar}`)].map((it) => it.getAttribute("height"));
  expect(heights("bar0").map(Number)).toEqual([48, 144]);
  expect(heights("bar1").map(Number)).toEqual([16, 64]);
});

test("the numbers are a table with the title, and nothing else is read", () => {
  render(<BarChart {...CHART} series={[ASKED, ENDED]} />);
  const figure = screen.getByRole("figure");
  expect(within(figure).getByText("Questions by week", { selector: "figcaption" })).toBeTruthy();
  const rows = [...figure.querySelectorAll("tr")].map((row) => [...row.children].map((cell) => cell.textContent));
  expect(rows).toEqual([
    ["Week", "Asked", "Ended"],
    ["2 Nov", "3 questions", "1 questions"],
    ["9 Nov", "0 questions", "–"],
    ["16 Nov", "9 questions", "4 questions"],
  ]);
  expect(figure.querySelector("svg")?.closest("[aria-hidden]")).not.toBeNull();
});

test("below a chart of many bands, some have their labels", () => {
  const bands = Array.from({ length: 26 }, (_, i) => `Week ${i}`);
  const series = [{ name: "Asked", values: bands.map(() => 1) }];
  const { container } = render(<BarChart {...CHART} bands={bands} labelEvery={6} series={series} />);
  expect([...container.querySelectorAll("text")].map((it) => it.textContent)).toEqual(
    [0, 6, 12, 18, 24].map((i) => `Week ${i}`),
  );
  expect(container.querySelector(".chart-legend")).toBeNull();
});
