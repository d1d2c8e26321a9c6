// @vitest-environment happy-dom

import { act, cleanup, render, screen } from "@testing-library/preact";
import { afterEach, expect, test } from "vitest";
import { id, row } from "../../../testing/fixtures";
import type { Me } from "../../api/types";
import { now } from "../../browser/server-clock";
import { longDate } from "../../i18n/time";
import { applyFrame, clearThreads, me } from "../../sync/store";
import { KeptUntil } from "./KeptUntil";
import { Retention } from "./Retention";

const DAY = 86_400_000;
const rule = { ends_after: 180, deleted_after: 365, not_before: 0 };

afterEach(() => {
  cleanup();
  clearThreads();
  me.value = null;
});

const drawThread = async (state: "open" | "terminated", silent: number) => {
  me.value = { retention: rule } as Me;
  const at = now() - silent * DAY;
  applyFrame({ t: "row", row: row("fee", 1, { state, at }) });
  await act(() => void render(<KeptUntil id={id("fee")} />));
  return at;
};

test("a thread near its end says its day", async () => {
  const at = await drawThread("open", 170);
  screen.getByText(`If no one writes, this thread ends on ${longDate(at + 180 * DAY)} or the day after.`);
});

test("a thread that has ended says when it is deleted", async () => {
  const at = await drawThread("terminated", 360);
  screen.getByText(`This thread is deleted on ${longDate(at + 365 * DAY)} or the day after.`);
});

test("a thread with time left says nothing", async () => {
  await drawThread("open", 100);
  expect(document.body.textContent).toBe("");
});

test("a thread that is not there says nothing", async () => {
  me.value = { retention: rule } as Me;
  await act(() => void render(<KeptUntil id={id("fee")} />));
  expect(document.body.textContent).toBe("");
});

test("the settings say the rule, and from when on it is applied", async () => {
  const from = now() + 14 * DAY;
  await act(() => void render(<Retention retention={{ ...rule, not_before: from }} />));
  screen.getByRole("heading", { name: "How long threads are kept" });
  screen.getByText("A thread ends automatically when no one has written in it for 180 days.");
  screen.getByText("A thread is deleted 365 days after its end, for everyone who has it.");
  screen.getByText(`Nothing ends or is deleted for this reason before ${longDate(from)}.`);
});

test("the settings say no more than what is set, and nothing where threads are kept for ever", async () => {
  await act(() => void render(<Retention retention={{ ...rule, deleted_after: 0 }} />));
  expect(document.querySelectorAll("p")).toHaveLength(1);
  cleanup();
  await act(() => void render(<Retention retention={null} />));
  expect(document.body.textContent).toBe("");
});
