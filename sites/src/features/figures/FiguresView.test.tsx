// @vitest-environment happy-dom

import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { config } from "../../../testing/test-page";
import { UnreachableError } from "../../api/config";
import type { Figures } from "../../api/types";
import { type Session, setSession } from "../../sync/store";
import { FiguresView } from "./FiguresView";

const call = vi.fn();
const at = (place: number, length: number, n: number) => Array.from({ length }, (_, i) => (i === place ? n : 0));
const none = (length: number) => at(-1, length, 0);
const LONGEST = [5, 15, 30, 60, 120, 240, 480, 1440, 2880, 5760, 10_080, 20_160, 40_320];

const week = (begins: string, asked: number, ended: number, took: number): Figures["weeks"][number] => ({
  begins,
  raised: { hours: at(9, 24, asked), days: at(0, 7, asked) },
  ended: { hours: at(15, 24, ended), days: at(4, 7, ended) },
  replies: at(took, 14, asked),
  settled: at(13, 14, ended),
});
const FIGURES: Figures = {
  weeks: [week("2026-11-23", 4, 2, 4), week("2026-11-30", 1, 0, 13)],
  longest: LONGEST,
  reply_time: null,
  measured_weeks: 8,
  least_replies: 20,
};

beforeEach(() => {
  call.mockReset();
  setSession({ config, call } as unknown as Session);
});
afterEach(cleanup);

async function draw(figures: Partial<Figures> = {}): Promise<void> {
  call.mockResolvedValue({ ...FIGURES, ...figures });
  await act(() => void render(<FiguresView />));
  expect(call).toHaveBeenCalledWith("figures");
}

function summary(): ReadonlyMap<string, string> {
  const each = [...document.querySelectorAll("dl div")];
  const text = (part: Element, selector: string) => part.querySelector(selector)?.textContent ?? "";
  return new Map(each.map((it) => [text(it, "dt"), text(it, "dd")]));
}

test("what people waited is said in words, of all weeks together", async () => {
  await draw();
  expect(Object.fromEntries(summary())).toEqual({
    Asked: "5",
    "First answers": "5",
    Ended: "2",
    "Half answered within": "2 hours",
    "9 of 10 answered within": "over 4 weeks",
  });
  expect(screen.getAllByRole("figure")).toHaveLength(5);
});

test("a chart by week says when each week begins, whatever the zone of this browser", async () => {
  await draw();
  const table = document.querySelector("figure table");
  expect([...(table?.querySelectorAll("tbody tr") ?? [])].map((row) => row.textContent)).toEqual([
    "Nov 2342",
    "Nov 3010",
  ]);
});

test("a week without answers has no bar and no number", async () => {
  await draw({ weeks: [{ ...week("2026-11-30", 1, 0, 3), replies: none(14) }] });
  expect(summary().get("Half answered within")).toBe("–");
});

test("the school reads what everybody is told of it", async () => {
  await draw();
  expect(screen.getByText(/Nothing yet about how soon you answer/)).toBeTruthy();
  cleanup();
  await draw({ reply_time: "day" });
  expect(screen.getByText(/“Usually answers within a day”/)).toBeTruthy();
});

test("a school that has no figures yet is told when they begin", async () => {
  await draw({ weeks: [] });
  expect(screen.getByText("No figures yet")).toBeTruthy();
  expect(screen.queryByRole("button")).toBeNull();
});

test("figures that could not be loaded are loaded again by a button", async () => {
  call.mockRejectedValueOnce(new UnreachableError("gone"));
  await act(() => void render(<FiguresView />));
  call.mockResolvedValue(FIGURES);
  const again = await screen.findByRole("button", { name: "Try again" });
  await act(() => void fireEvent.click(again));
  expect(await screen.findAllByRole("figure")).toHaveLength(5);
});

test("the file is made of what the page shows", async () => {
  await draw();
  const files: Blob[] = [];
  vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => `blob:${files.push(blob as Blob)}`);
  const click = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
  fireEvent.click(screen.getByRole("button", { name: "Download as CSV" }));
  expect(click).toHaveBeenCalledOnce();
  expect((await files[0]?.text())?.split("\r\n")[1]).toMatch(/^"2026-11-23",4,4,2,/);
});
