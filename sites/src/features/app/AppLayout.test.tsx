// @vitest-environment happy-dom

import { act, cleanup, render, screen } from "@testing-library/preact";
import { signal } from "@preact/signals";
import { Inbox } from "lucide";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { id, row } from "../../../testing/fixtures";
import { config } from "../../../testing/test-page";
import { route } from "../../browser/route";
import { applyFrame, applyLoaded, clearThreads, isLoaded, loadCount, type Session, setSession } from "../../sync/store";
import { addAnnouncer } from "../../ui/announce";
import { AppLayout, type Tab } from "./AppLayout";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  document.body.innerHTML = "";
  addAnnouncer(document.body);
  setSession({ config, socket: { state: signal("open"), isReachable: signal(true) } } as unknown as Session);
  clearThreads();
  isLoaded.value = true;
  loadCount.value = 1;
});

afterEach(() => {
  vi.useRealTimers();
  cleanup();
  isLoaded.value = false;
  loadCount.value = 0;
});

const tabs: readonly Tab[] = [
  { page: "threads", label: "Threads", icon: Inbox, as: "raiser" },
  { page: "settings", label: "Settings", icon: Inbox },
];
const draw = async () => {
  render(<AppLayout tabs={tabs}>the page</AppLayout>);
  await act(() => vi.dynamicImportSettled()); // what reads out is loaded after the page
};
const arrives = (rev: number, theirs: number) =>
  act(() => {
    applyFrame({ t: "row", row: row("exam", rev, { seq: 1 + theirs, theirs }) });
    vi.advanceTimersByTime(400);
  });
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

test.each([
  ["in the list", "", ["1 new message in Threads"]],
  ["with another thread open", id("fee"), ["1 new message in Threads"]],
  ["with this thread open, whose log reads it out itself", id("exam"), []],
])("on the page itself it is read out %s", async (_, open, said) => {
  route.value = { page: "threads", id: open };
  await arrives(1, 0);
  await draw();
  await arrives(2, 1);
  expect(heard()).toEqual(said);
});

test("two messages that come one after the other are read out twice, and several at once together", async () => {
  route.value = { page: "settings", id: "" };
  await draw();
  await arrives(1, 0);
  await arrives(2, 1);
  await arrives(3, 2);
  expect(heard()).toEqual(["1 new message in Threads", "1 new message in Threads"]);
  await act(() => {
    for (const name of ["fee", "loan"]) applyFrame({ t: "row", row: row(name, 1, { seq: 3, theirs: 2 }) });
    vi.advanceTimersByTime(400);
  });
  expect(heard().at(-1)).toBe("4 new messages in Threads");
});

test("what was unread before a list loaded it is not read out", async () => {
  route.value = { page: "threads", id: "" };
  await draw();
  await act(() => applyLoaded({ row: row("exam", 1, { seq: 3, theirs: 2 }), read: 0, snooze: null, seen: 0 }));
  await act(() => void vi.advanceTimersByTime(400));
  expect(heard()).toEqual([]);
});
