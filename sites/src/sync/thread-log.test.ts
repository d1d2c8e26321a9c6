import { effect } from "@preact/signals";
import { afterEach, beforeEach, expect, test } from "vitest";
import { id, message } from "../../testing/fixtures";
import { settle, TestBrowser } from "../../testing/test-page";
import { MOST_ENTRIES, PAGE_SIZE } from "./thread-log";

const EXAM = id("exam");
const MANY = 10_000;
const HOUR = 3_600_000;
let browser: TestBrowser;

/** A thread of ten thousand messages, one an hour. */
beforeEach(() => {
  browser = new TestBrowser().install();
  browser.server.raise("exam");
  const thread = browser.server.threads.get(EXAM);
  if (!thread) throw new Error("no thread");
  thread.log = Array.from({ length: MANY }, (_, n) => message(n + 1, "school", { at: n * HOUR }));
  thread.row = { ...thread.row, seq: MANY, theirs: MANY };
});

afterEach(() => browser.remove());

const open = async () => {
  const page = await browser.open();
  await page.goTo(EXAM);
  const seqs = () => page.peekThread(EXAM).log?.entries.map(({ seq }) => seq) ?? [];
  const reads = () => browser.server.requests.filter((request) => request.endsWith("/log")).length;
  return { page, seqs, reads };
};

/** Lets the frames pass that a load needs. */
async function drawn(load: Promise<void>): Promise<void> {
  await settle(200);
  await load;
}

test("a frame draws a small part of a page", async () => {
  const { page, seqs } = await open();
  const sizes: number[] = [];
  const stop = effect(() => void sizes.push(page.thread(EXAM).log?.entries.length ?? 0));
  await drawn(page.loadEarlier(EXAM));
  stop();
  expect(sizes.map((size, n) => size - (sizes[n - 1] ?? 45))).toEqual(Array(11).fill(5));
  expect(seqs()).toHaveLength(2 * PAGE_SIZE);
});

test("a long thread opens with the last page, and one read", async () => {
  const { seqs, reads } = await open();
  expect([seqs()[0], seqs().at(-1), reads()]).toEqual([MANY - PAGE_SIZE + 1, MANY, 1]);
});

test("however far a person scrolls up, and down again, the page has a part of the log without a gap", async () => {
  const { page, seqs } = await open();
  for (let n = 0; n < 20; n++) {
    await drawn(page.loadEarlier(EXAM));
    expect(seqs().length).toBeLessThanOrEqual(MOST_ENTRIES);
  }
  expect([seqs()[0], page.peekThread(EXAM).log?.atEnd]).toEqual([MANY - 21 * PAGE_SIZE + 1, false]);
  while (page.peekThread(EXAM).log?.atEnd === false) {
    await drawn(page.loadLater(EXAM));
    expect(seqs()).toEqual(seqs().map((_, n) => (seqs()[0] ?? 0) + n));
    expect(seqs().length).toBeLessThanOrEqual(MOST_ENTRIES);
  }
  expect(seqs().at(-1)).toBe(MANY);
});

test("an earlier part stays while messages arrive, and the end is shown again with one read", async () => {
  const { page, seqs, reads } = await open();
  await page.showLogAt(EXAM, 0);
  const before = seqs();
  const known = reads();
  browser.server.addMessage("exam", "school", { text: "Later" });
  await settle();
  expect([seqs(), reads()]).toEqual([before, known]);
  await page.showLogEnd(EXAM);
  expect([page.log(EXAM)?.at(-1), reads() - known, page.peekThread(EXAM).log?.atEnd]).toEqual(["Later", 1, true]);
});

test.each([
  ["a moment between two messages", 4_321 * HOUR - 1, 4_322],
  ["the moment of a message", 4_321 * HOUR, 4_322],
  ["before the first", -1, 1],
  ["the last", (MANY - 1) * HOUR, MANY],
  ["after the last", MANY * HOUR, 0],
])("the first message at or after %s is found in fifteen reads", async (_, at, seq) => {
  const { page, seqs, reads } = await open();
  const before = reads();
  expect(await page.showLogAt(EXAM, at)).toBe(seq);
  expect(reads() - before).toBeLessThanOrEqual(15);
  if (seq) expect(seqs()).toContain(seq);
});

test("a log that is closed at an earlier part opens at its end", async () => {
  const { page, seqs } = await open();
  await page.showLogAt(EXAM, 0);
  await page.goTo("");
  page.closeLog(EXAM);
  await page.goTo(EXAM);
  await settle();
  expect(seqs().at(-1)).toBe(MANY);
});

test("a log that follows the end forgets its beginning", async () => {
  const { page, seqs } = await open();
  for (let n = 0; n < MOST_ENTRIES; n++) browser.server.addMessage("exam", "school");
  await settle();
  page.trimLog(EXAM);
  expect([seqs().length, seqs().at(-1), page.peekThread(EXAM).log?.atEnd]).toEqual([
    MOST_ENTRIES,
    MANY + MOST_ENTRIES,
    true,
  ]);
});

test("after a long time away only the end of the log is loaded", async () => {
  const { page, seqs, reads } = await open();
  const before = reads();
  browser.server.dropConnections();
  for (let n = 0; n < 2 * MOST_ENTRIES; n++) browser.server.addMessage("exam", "school", { missing: true });
  await settle(31_000);
  expect([seqs()[0], seqs().at(-1)]).toEqual([MANY + 2 * MOST_ENTRIES - PAGE_SIZE + 1, MANY + 2 * MOST_ENTRIES]);
  expect(reads() - before).toBe(1);
  expect(page.logError.value).toBeNull();
});
