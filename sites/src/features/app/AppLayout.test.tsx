// @vitest-environment happy-dom

import { act, cleanup, render, screen } from "@testing-library/preact";
import { signal } from "@preact/signals";
import { Inbox } from "lucide";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { row } from "../../../testing/fixtures";
import { config } from "../../../testing/test-page";
import { route } from "../../browser/route";
import { applyFrame, clearThreads, isLoaded, loadCount, type Session, setSession, unreadOf } from "../../sync/store";
import { addAnnouncer } from "../../ui/announce";
import { AppLayout } from "./AppLayout";

beforeEach(() => {
  document.body.innerHTML = "";
  addAnnouncer(document.body);
  setSession({ config, socket: { state: signal("open"), isReachable: signal(true) } } as unknown as Session);
  clearThreads();
  isLoaded.value = true;
  loadCount.value = 1;
});

afterEach(() => {
  cleanup();
  isLoaded.value = false;
  loadCount.value = 0;
});

const tabs = [
  { page: "threads", label: "Threads", icon: Inbox, unread: () => unreadOf("raiser") },
  { page: "settings", label: "Settings", icon: Inbox },
];
const draw = async () => {
  render(<AppLayout tabs={tabs}>the page</AppLayout>);
  await act(() => vi.dynamicImportSettled()); // what reads out is loaded after the page
};
const arrives = (rev: number, theirs: number) =>
  act(() => applyFrame({ t: "row", row: row("exam", rev, { seq: 1 + theirs, theirs }) }));
const heard = () => [...document.querySelectorAll('.announcer[aria-live="polite"] p')].map((line) => line.textContent);

test("a message that arrives while another page is open shows on its tab and in the title, and is read out", async () => {
  route.value = { page: "settings", id: "" };
  await draw();
  await arrives(1, 0);
  expect(screen.getByRole("link", { name: "Threads" }).querySelector(".badge")).toBeNull();
  await arrives(2, 2);
  const tab = screen.getByRole("link", { name: /^Threads, 2 / });
  expect(tab.querySelector(".badge")?.getAttribute("data-count")).toBe("2");
  expect(heard()).toEqual(["2 new messages in Threads"]);
  expect(document.title).toContain("2");
  await arrives(3, 3);
  expect(heard()).toEqual(["2 new messages in Threads", "1 new message in Threads"]);
});

test("on the page itself nothing is read out: its rows are", async () => {
  route.value = { page: "threads", id: "" };
  await draw();
  await arrives(1, 2);
  expect(heard()).toEqual([]);
});
