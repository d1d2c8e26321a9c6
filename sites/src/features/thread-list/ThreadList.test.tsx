// @vitest-environment happy-dom

import { cleanup, render, screen } from "@testing-library/preact";
import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test } from "vitest";
import { NOON, row } from "../../../testing/fixtures";
import { config } from "../../../testing/test-page";
import type { RaiserRow } from "../../api/protocol";
import { route } from "../../browser/route";
import { emptyView, reduce } from "../../sync/reducer";
import { olderCursors, type Session, setSession, typingThreads, view } from "../../sync/store";
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
  olderCursors.value = {};
  typingThreads.value = new Set();
});

const draw = (rows: RaiserRow[], extra = {}) =>
  render(
    <ThreadList
      groups={openAndEnded(rows)}
      shelf="raised"
      page="threads"
      nameOf={() => "School of Law"}
      ownText={(text) => `You: ${text}`}
      empty={<p>Nothing yet</p>}
      isEmpty={rows.length === 0}
      {...extra}
    />,
  );

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
  draw([exam]);
  expect(screen.queryByRole("button")).toBeNull();
  cleanup();
  olderCursors.value = { raised: "cursor" };
  draw([exam]);
  expect(screen.getByRole("button").textContent).toBe("Show older threads");
});
