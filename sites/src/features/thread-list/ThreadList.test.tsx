// @vitest-environment happy-dom

import { cleanup, render, screen } from "@testing-library/preact";
import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test } from "vitest";
import { NOON, row } from "../../../testing/fixtures";
import { config } from "../../../testing/test-page";
import type { RaiserRow } from "../../api/protocol";
import { route } from "../../browser/route";
import { emptyView, reduce } from "../../sync/reducer";
import { type Session, setSession, typingThreads, view } from "../../sync/store";
import { FIRST_LISTS, type ListQuery, loadedLists, rememberPage } from "../../sync/thread-lists";
import { openAndEnded, ThreadList } from "./ThreadList";

const exam = row("exam", 1, { theirs: 2, seq: 3, at: NOON, last: { side: "school", text: "Room 3" } });
const loan = row("loan", 1, { last: { side: "raiser", text: "Thank you" } });
const fee = row("fee", 1, { state: "terminated" });

beforeEach(() => {
  setSession({ config, socket: { state: signal("open"), isReachable: signal(true) } } as unknown as Session);
  view.value = [exam, loan, fee].reduce((view, row) => reduce(view, { t: "row", row }), emptyView);
  route.value = { page: "threads", id: "" };
});

afterEach(() => {
  cleanup();
  loadedLists.value = new Map();
  typingThreads.value = new Set();
});

const draw = (rows: RaiserRow[], next: string | null = null, extra = {}) => {
  view.value = rows.reduce((view, row) => reduce(view, { t: "row", row }), emptyView);
  const [open, ended] = FIRST_LISTS.raised as [ListQuery, ListQuery];
  rememberPage(
    open,
    rows.filter((row) => row.state === "open"),
    null,
  );
  rememberPage(
    ended,
    rows.filter((row) => row.state === "terminated"),
    next,
  );
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

test("a row says that the other side is typing in place of the last message", () => {
  typingThreads.value = new Set([exam.id]);
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
  loadedLists.value = new Map();
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
