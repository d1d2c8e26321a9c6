// @vitest-environment happy-dom

import { signal } from "@preact/signals";
import { act, cleanup, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { id, schoolMessage, schoolRow } from "../../../testing/fixtures";
import type { Account } from "../../sync/account";
import { account, applyFrame, clearThreads, late, me, type Session, setSession, setThread } from "../../sync/store";
import type { Composing } from "../../api/protocol";
import type { Me } from "../../api/types";
import { unknownThread, withPage } from "../../sync/reducer";
import { ReplyLease } from "./ReplyLease";

const EXAM = id("exam");
const send = vi.fn<(frame: Composing) => boolean>();
const draft = signal({ text: "" });
const said = () => send.mock.calls.map(([frame]) => frame.open);
const shown = () => screen.getByRole("status").textContent;
const hear = (open: boolean) => act(() => late.composing?.({ t: "composing", id: EXAM, open }));
const write = (text: string) => act(() => void (draft.value = { text }));

function answer(seq: number, author: string): void {
  const entry = schoolMessage(seq, "school", author);
  void act(() => applyFrame({ t: "event", id: EXAM, entry, row: schoolRow("exam", seq, { seq }) }));
}

beforeEach(() => {
  send.mockReset();
  clearThreads();
  draft.value = { text: "" };
  me.value = { id: id("law") } as Me;
  account.value = { drafts: { get: () => draft.value } } as unknown as Account;
  setSession({ socket: { send } } as unknown as Session);
  setThread(EXAM, withPage({ ...unknownThread, row: schoolRow("exam", 1) }, [schoolMessage(1, "raiser", "uma")]));
});
afterEach(() => act(cleanup));

test("who else writes an answer is said, until they stop", () => {
  render(<ReplyLease id={EXAM} who="Wanda" />);
  expect(shown()).toBe("");
  void hear(true);
  expect(shown()).toBe("Wanda is writing an answer.");
  void hear(false);
  expect(shown()).toBe("");
});

test("a draft that was there is not being written; what is typed is, until the composer is empty or left", () => {
  draft.value = { text: "From yesterday" };
  const { unmount } = render(<ReplyLease id={EXAM} who="Wanda" />);
  expect(said()).toEqual([]);
  void write("From today");
  expect(said()).toEqual([true]);
  void write(" ");
  expect(said()).toEqual([true, false]);
  void write("Once more");
  void act(() => void unmount());
  expect(said()).toEqual([true, false, true, false]);
});

test("an answer of the other one that comes while one writes is said, one's own is not", () => {
  render(<ReplyLease id={EXAM} who="Wanda" />);
  answer(2, "wanda");
  expect(shown()).toBe("");
  void write("You can");
  answer(3, "law");
  expect(shown()).toBe("");
  answer(4, "wanda");
  expect(shown()).toContain("Wanda has answered while you wrote.");
  void write("");
  expect(shown()).toBe("");
});
