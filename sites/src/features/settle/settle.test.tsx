// @vitest-environment happy-dom

import { act, cleanup, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { id, MINUTE, row, schoolRow } from "../../../testing/fixtures";
import { config } from "../../../testing/test-page";
import { route } from "../../browser/route";
import { currentMinute } from "../../browser/server-clock";
import { applyFrame, clearThreads, type Session, setSession } from "../../sync/store";
import { toasts } from "../../ui/toast";
import { announceEnds } from "./announce-ends";
import { AskToEndButton } from "./AskToEndButton";
import { messageText } from "./message-text";
import { SettledQuestion } from "./SettledQuestion";

const WEEK = 7 * 24 * 60 * MINUTE;
const call = vi.fn().mockResolvedValue({});
const buttons = () => screen.queryAllByRole("button").map(({ textContent }) => textContent);
const press = (name: string) => act(() => screen.getByRole("button", { name }).click());

announceEnds("inbox");
beforeEach(() => {
  call.mockClear();
  clearThreads();
  toasts.value = [];
  setSession({ config, call } as unknown as Session);
});
afterEach(cleanup);

describe("the school's side", () => {
  test("asks with a button, and is told that it was asked", async () => {
    render(<AskToEndButton row={schoolRow("fee", 1)} />);
    await press("Ask if this is settled");
    expect(call).toHaveBeenCalledExactlyOnceWith("askToEnd", {}, id("fee"));
    expect(toasts.value.map(({ text }) => text)).toEqual(["Asked if this is settled"]);
  });

  test("has no button while it waits for the answer, nor in the week after it asked, nor at the end", () => {
    const at = currentMinute.peek();
    const { rerender, container } = render(
      <AskToEndButton row={schoolRow("fee", 1, { asked_to_end: 2, asked_at: at })} />,
    );
    expect(buttons()).toEqual([]);
    expect(container.textContent).toMatch(/No answer yet/);
    rerender(<AskToEndButton row={schoolRow("fee", 2, { asked_at: at - WEEK + MINUTE })} />);
    expect(buttons()).toEqual([]);
    expect(container.textContent).toMatch(/again after a week/);
    rerender(<AskToEndButton row={schoolRow("fee", 3, { asked_at: at - WEEK })} />);
    expect(buttons()).toEqual(["Ask if this is settled"]);
    rerender(<AskToEndButton row={schoolRow("fee", 4, { state: "terminated" })} />);
    expect(container.textContent).toBe("");
  });

  test("is told of a thread that ends elsewhere, and not of the one that is open", () => {
    const end = (name: string, rev: number) =>
      applyFrame({ t: "row", row: schoolRow(name, rev, { state: "terminated" }) });
    for (const name of ["fee", "exam"]) applyFrame({ t: "row", row: schoolRow(name, 1) });
    route.value = { page: "inbox", id: id("exam"), query: undefined };
    end("exam", 2);
    expect(toasts.value).toEqual([]);
    end("fee", 2);
    end("fee", 3); // it has ended before
    end("new", 1); // it is loaded now
    expect(toasts.value.map(({ text }) => text)).toEqual(["“About fee” has ended"]);
    applyFrame({ t: "row", row: row("own", 1) });
    applyFrame({ t: "row", row: row("own", 2, { state: "terminated" }) });
    expect(toasts.value).toHaveLength(1);
  });
});

describe("who asked", () => {
  const end = vi.fn().mockResolvedValue(true);

  test("ends the thread with a button", async () => {
    render(<SettledQuestion row={row("fee", 1, { asked_to_end: 2 })} end={end} />);
    await press("End thread");
    expect(end).toHaveBeenCalledOnce();
    expect(call).not.toHaveBeenCalled();
  });

  test("says with another that it is not settled", async () => {
    render(<SettledQuestion row={row("fee", 1, { asked_to_end: 2 })} end={end} />);
    expect(screen.getByRole("region", { name: "Is this settled?" })).toBeTruthy();
    expect(buttons()).toEqual(["End thread", "Not yet"]);
    await press("Not yet");
    expect(call).toHaveBeenCalledExactlyOnceWith("answerNotYet", {}, id("fee"));
  });

  test("is asked nothing without a question, and after the end", () => {
    const { rerender } = render(<SettledQuestion row={row("fee", 1)} end={end} />);
    expect(buttons()).toEqual([]);
    rerender(<SettledQuestion row={row("fee", 2, { asked_to_end: 2, state: "terminated" })} end={end} />);
    expect(buttons()).toEqual([]);
  });
});

test("the question and its answer are said in the reader's language, and a text as it is", () => {
  expect(messageText({ kind: "ask_to_end", text: "Ist das erledigt?" })).toBe("Is this settled?");
  expect(messageText({ kind: "not_yet", text: "Noch nicht" })).toBe("Not yet");
  expect(messageText({ text: "Is this settled?" })).toBe("Is this settled?");
});
