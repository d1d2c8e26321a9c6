// @vitest-environment happy-dom

import { act, cleanup, render, screen } from "@testing-library/preact";
import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test } from "vitest";
import { NOON, row } from "../../../testing/fixtures";
import { config } from "../../../testing/test-page";
import type { RaiserRow, Row } from "../../api/protocol";
import { route } from "../../browser/route";
import { MemoryStorage } from "../../../testing/fake-browser";
import { storageNamespace } from "../../browser/storage";
import type { Account } from "../../sync/account";
import { ReadingMarks } from "../../sync/reading-marks";
import { account, applyFrame, clearThreads, hideTyping, type Session, setSession, showTyping } from "../../sync/store";
import { addPage, clearLists, FIRST_LISTS, type ListQuery } from "../../sync/thread-lists";
import { openAndEnded } from "./open-and-ended";
import { ThreadList } from "./ThreadList";

const exam = row("exam", 1, { theirs: 2, seq: 3, at: NOON, last: { side: "school", text: "Room 3" } });
const loan = row("loan", 1, { last: { side: "raiser", text: "Thank you" } });
const fee = row("fee", 1, { state: "terminated" });

beforeEach(() => {
  setSession({ config, socket: { state: signal("open"), isReachable: signal(true) } } as unknown as Session);
  clearThreads();
  route.value = { page: "threads", id: "" };
});

afterEach(() => {
  cleanup();
  clearLists();
  hideTyping(exam.id);
});

const draw = (rows: RaiserRow[], next: string | null = null, extra = {}) => {
  clearLists();
  clearThreads();
  for (const row of rows) applyFrame({ t: "row", row });
  const [open, ended] = FIRST_LISTS.raised as [ListQuery, ListQuery];
  const inState = (state: Row["state"]) => rows.filter((row) => row.state === state);
  addPage(open, null, inState("open"), null);
  addPage(ended, null, inState("terminated"), next);
  return render(
    <ThreadList
      groups={openAndEnded("raised")}
      page="threads"
      nameOf={() => "School of Law"}
      ownText={(text) => `You: ${text}`}
      empty={<p>Nothing yet</p>}
      {...extra}
    />,
  );
};

const items = (label: string) => [...screen.getByRole("list", { name: label }).querySelectorAll(".row-subject")];

test("a list of no threads shows what will come in its place", () => {
  draw([]);
  expect(screen.getByText("Nothing yet")).toBeTruthy();
  expect(screen.queryByRole("list")).toBeNull();
});

test("open threads come first, and ended ones under a heading", () => {
  draw([exam, loan, fee]);
  expect(items("Open").map((item) => item.textContent)).toEqual(["About exam", "About loan"]);
  expect(items("Ended").map((item) => item.textContent)).toEqual(["About fee"]);
  expect(screen.getByRole("heading").textContent).toBe("Ended");
});

test("the heading is one level below the title of the list, which a thread that is open lowers", () => {
  draw([fee]);
  expect(screen.getByRole("heading").tagName).toBe("H2");
  cleanup();
  route.value = { page: "threads", id: fee.id };
  draw([fee]);
  expect(screen.getByRole("heading").tagName).toBe("H3");
  expect(screen.getByRole("link").getAttribute("aria-current")).toBe("page");
});

test("a row says who, what about, the last message by side, and how many are new", () => {
  draw([exam, loan]);
  const [first, second] = screen.getAllByRole("link");
  expect(first?.textContent).toContain("School of Law");
  expect(first?.querySelector(".row-preview")?.textContent).toBe("Room 3");
  expect(first?.querySelector(".badge")?.textContent).toBe("22 new messages");
  expect(second?.querySelector(".row-preview")?.textContent).toBe("You: Thank you");
  expect(second?.querySelector(".badge")).toBeNull();
  expect(first?.getAttribute("href")).toBe(`#/threads/${exam.id}`);
});

test("a row shows what is new in a message, and not what it quotes", () => {
  draw([row("exam", 1, { last: { side: "school", text: "> Where?\n> And when?\n\nIn room 3" } })]);
  expect(document.querySelector(".row-preview")?.textContent).toBe("In room 3");
  draw([row("exam", 1, { last: { side: "school", text: "> Where?" } })]);
  expect([...document.querySelectorAll(".row-preview")].at(-1)?.textContent).toBe("> Where?");
});

test("a row says that its person has marked it unread", async () => {
  const marks = new ReadingMarks("party", storageNamespace(new MemoryStorage(), "user:party"));
  const [drafts, outbox] = [{ targets: signal([]) }, { items: signal([]) }];
  draw([loan]);
  await act(() => void (account.value = { marks, drafts, outbox } as unknown as Account));
  expect(screen.getByRole("link").className).toBe("thread-row");
  await act(() => marks.markUnread(loan.id));
  expect(screen.getByRole("link").className).toBe("thread-row unread");
  expect(screen.getByRole("link").querySelector(".badge")?.textContent).toBe("Marked unread");
  await act(() => marks.clearUnread(loan.id));
  expect(screen.getByRole("link").className).toBe("thread-row");
  account.value = null;
});

test("a row says that the other side is typing in place of the last message", () => {
  showTyping(exam.id);
  draw([exam]);
  expect(screen.getByRole("link").querySelector(".row-preview")?.textContent).toBe("School of Law is typing…");
});

test("older threads can be asked for only where the list goes on", () => {
  draw([fee]);
  expect(screen.queryByRole("button")).toBeNull();
  cleanup();
  draw([fee], "cursor");
  expect(screen.getByRole("button").textContent).toBe("Show older threads");
});

test("a list that is not loaded yet shows neither rows nor that it is empty", () => {
  render(
    <ThreadList
      groups={openAndEnded("raised")}
      page="threads"
      nameOf={() => ""}
      ownText={String}
      empty={<p>Nothing yet</p>}
    />,
  );
  expect(screen.queryByText("Nothing yet")).toBeNull();
  expect(screen.queryByRole("link")).toBeNull();
  expect(screen.getAllByRole("status")[0]?.textContent).toBe("Loading threads");
});

test("a frame draws the row of its thread again, and no other", async () => {
  const drawn: string[] = [];
  const nameOf = (row: Row) => (drawn.push(row.subject), "School of Law");
  const many = Array.from({ length: 50 }, (_, n) => row(`t${String(n).padStart(2, "_")}`, 1, { at: NOON + n }));
  draw(many, null, { nameOf });
  expect(drawn).toHaveLength(50);
  const before = screen.getAllByRole("link");
  const [changed] = [...many.slice(20, 21)] as [RaiserRow];
  drawn.length = 0;
  await act(() => applyFrame({ t: "row", row: { ...changed, rev: 2, theirs: 1, seq: 2 } }));
  expect(drawn).toEqual([changed.subject]);
  drawn.length = 0;
  await act(() => applyFrame({ t: "row", row: { ...changed, rev: 3, at: NOON + 99 } }));
  expect([drawn, screen.getAllByRole("link")[0]]).toEqual([[changed.subject], before[29]]);
  drawn.length = 0;
  await act(() => showTyping(changed.id));
  expect(drawn).toEqual([]);
  expect(document.querySelectorAll(".row-preview em")).toHaveLength(1);
});
