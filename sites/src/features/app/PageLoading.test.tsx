// @vitest-environment happy-dom

import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WorkersPage } from "../../../apps/school/pages/WorkersPage";
import { config } from "../../../testing/test-page";
import { id } from "../../../testing/fixtures";
import { route } from "../../browser/route";
import { loadError, me, schools, type Session, setSession, team } from "../../sync/store";
import { RaisePage } from "../raise/RaisePage";
import { SchoolsPage } from "../raise/SchoolsPage";
import { SettingsPage } from "../settings/SettingsPage";
import { openAndEnded } from "../thread-list/open-and-ended";
import { ThreadList } from "../thread-list/ThreadList";
import { ThreadSplitView } from "./ThreadSplitView";

const reconnect = vi.fn();

beforeEach(() => {
  reconnect.mockClear();
  const socket = { reconnect, state: signal("open"), isReachable: signal(true) };
  const call = () => Promise.reject(new Error("no network"));
  setSession({ config, socket, call } as unknown as Session);
  route.value = { page: "schools", id: id("law") };
  [me, team].forEach((it) => (it.value = null));
  schools.value = new Map();
});

afterEach(() => {
  cleanup();
  loadError.value = null;
});

const Threads = () => (
  <ThreadList groups={openAndEnded("raised")} page="threads" nameOf={() => ""} ownText={String} empty={null} />
);

const PAGES: [string, ComponentType][] = [
  ["workers", WorkersPage],
  ["the directory", () => <SchoolsPage title="Find a school" threadsTitle="Threads" />],
  ["the raise form", () => <RaisePage threadsPage="threads" title="Find a school" />],
  ["settings", () => <SettingsPage />],
  ["a list of threads", () => <ThreadSplitView title="Threads" list={<Threads />} thread={null} />],
];

test.each(PAGES)("what cannot be loaded for %s says why, and can be tried again", (_, Page) => {
  render(<Page />);
  expect(screen.queryByRole("alert")).toBeNull();
  loadError.value = "No connection.";
  cleanup();
  render(<Page />);
  expect(screen.getByRole("alert").textContent).toBe("No connection.");
  reconnect.mockClear();
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(reconnect).toHaveBeenCalledOnce();
});
