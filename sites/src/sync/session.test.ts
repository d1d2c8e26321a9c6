import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { id, message, row } from "../../testing/fixtures";
import { TestBrowser, settle } from "../../testing/test-page";

const EXAM = id("exam");
let browser: TestBrowser;

beforeEach(() => {
  browser = new TestBrowser().install();
  browser.server.raise("exam");
});

afterEach(() => {
  browser.remove();
  vi.restoreAllMocks();
});

/** The connection breaks and comes back; back-off is random, so time runs until it is back. */
async function reconnect(away: () => void = () => undefined): Promise<void> {
  browser.server.dropConnections();
  away();
  await settle(31_000);
}

const sends = (): number => browser.server.requests.filter((requests) => requests === "send").length;

describe("the start", () => {
  const FIRST = ["GET /me", `GET /schools/${id("law")}`, "GET /threads", "GET /threads", "POST /tickets"];

  test("asks for the lists beside the ticket, and shows them before a socket opens", async () => {
    browser.server.socketFate = "swallowed";
    const page = await browser.open();
    expect(browser.server.requests.toSorted()).toEqual(FIRST);
    expect([page.isLoaded.value, page.now.socket.state.value]).toEqual([true, "connecting"]);
    expect(page.loadedList({ shelf: "raised", show: "open" })?.ids.value).toEqual([EXAM]);
  });

  test("shows a list as soon as its first page is there, whatever else is late", async () => {
    vi.stubGlobal("fetch", async (url: URL, init: RequestInit) => {
      if (!url.search.includes("show=open")) await new Promise((resolve) => setTimeout(resolve, 5_000));
      return browser.server.fetch(url, init);
    });
    const page = await browser.open();
    expect(page.loadedList({ shelf: "raised", show: "open" })?.ids.value).toEqual([EXAM]);
    expect(page.isLoaded.value).toBe(false);
  });

  test("loads again what may have changed before the socket was open, and never the directory", async () => {
    const page = await browser.open();
    const after = browser.server.requests.slice(browser.server.requests.indexOf("hello") + 1);
    expect(after.filter((request) => request === "GET /threads")).toHaveLength(2);
    expect(browser.server.requests).not.toContain("GET /schools");
    expect(page.schools.value.get(id("law"))?.name).toBe("law");
  });
});

describe("data other than threads", () => {
  test("is fetched again when a frame says so, and the last answer counts", async () => {
    const page = await browser.open();
    const waits = [500, 0]; // the first answer is the later one to arrive
    vi.stubGlobal("fetch", async (url: URL, init: RequestInit) => {
      const answer = await browser.server.fetch(url, init);
      await new Promise((resolve) => setTimeout(resolve, url.pathname.endsWith("/me") ? waits.shift() : 0));
      return answer;
    });
    browser.server.name = "Uma";
    browser.server.push({ t: "changed", what: "me" });
    await settle();
    browser.server.name = "Uma Petrov";
    browser.server.push({ t: "changed", what: "me" });
    await settle(1_000);
    expect([page.me.value?.name, waits]).toEqual(["Uma Petrov", []]);
  });

  test("of a school that has closed is loaded once a connection, and its threads still show its name", async () => {
    const thread = browser.server.threads.get(EXAM) as { row: object };
    thread.row = { ...thread.row, school: id("closed") };
    const page = await browser.open();
    const loads = (): number => browser.server.requests.filter((call) => call.includes("/schools")).length;
    expect(loads()).toBe(2); // with the first pages, and when the socket is open
    await reconnect();
    expect(page.schools.value.get(id("closed"))).toMatchObject({ name: "closed", takes: false });
    expect(loads()).toBe(3);
  });

  test("of a school that shows another name follows its frame", async () => {
    const page = await browser.open();
    const card = page.schools.value.get(id("law"));
    if (!card) return expect.fail("no school");
    browser.server.push({ t: "school", school: { ...card, name: "School of Law" } });
    await settle();
    expect(page.schools.value.get(id("law"))?.name).toBe("School of Law");
  });

  test("of a person who takes another name follows its frame", async () => {
    const page = await browser.open();
    const person = { id: id("ann"), kind: "user", name: "Ann", email: "ann@example.org" } as const;
    browser.server.push({ t: "owner", owner: person });
    browser.server.push({ t: "owner", owner: { ...person, name: "Ann Lee" } });
    await settle();
    expect(page.people.value.get(id("ann"))?.name).toBe("Ann Lee");
  });

  test("of a school that closes is updated: nothing can be raised to it any more", async () => {
    const page = await browser.open();
    browser.server.schools = [];
    await reconnect();
    expect(page.schools.value.get(id("law"))).toMatchObject({ name: "law", takes: false });
  });

  test("of internal notes has each entry once, in order, and none of a removed thread", async () => {
    const page = await browser.open();
    const note = (seq: number) =>
      ({ as: "worker_note", seq, at: 0, mine: false, text: `Note ${seq}`, key: null }) as const;
    for (const seq of [3, 1, 3]) browser.server.push({ t: "noted", id: EXAM, entry: note(seq) });
    await settle();
    expect(page.internalNotes.value.get(EXAM)?.map(({ seq }) => seq)).toEqual([1, 3]);
    browser.server.push({ t: "gone", id: EXAM, rev: 9 });
    await settle();
    expect(page.internalNotes.value.has(EXAM)).toBe(false);
  });
});

describe("what is loaded in the background, and fails,", () => {
  test.each([
    ["the person", "GET /me", { t: "changed", what: "me" }],
    [
      "a new thread",
      `GET /threads/${id("later")}`,
      { t: "event", id: id("later"), entry: message(1, "raiser"), row: row("later", 1) },
    ],
  ] as const)("is loaded again after another connection: %s", async (_, request, frame) => {
    const page = await browser.open();
    const refused = { t: "refused", code: "busy", sentence: "Not now." };
    vi.spyOn(Math, "random").mockReturnValue(0.5); // the pause before the next connection
    if (request !== "GET /me") browser.server.raise("later");
    browser.server.responses.set(request, { status: 503, body: refused });
    browser.server.name = "Uma Petrov";
    browser.server.push(frame);
    await settle();
    expect(page.now.socket.state.value).toBe("lost");
    browser.server.responses.clear();
    await settle(60_000);
    expect([page.me.value?.name, page.now.socket.state.value]).toEqual(["Uma Petrov", "open"]);
    expect(page.peekThread(id("later")).row !== undefined).toBe(request !== "GET /me");
  });

  test("is not asked for again if it was refused for good", async () => {
    const page = await browser.open();
    await page.refresh(page.loadSchool(id("unknown")));
    expect(page.now.socket.state.value).toBe("open");
  });
});

describe("a live screen equals a fresh load", () => {
  test("of a thread that a frame announces and that is opened at once: it is fetched once", async () => {
    const page = await browser.open();
    browser.server.raise("loan");
    browser.server.push({ t: "row", row: row("loan", 1) });
    await settle(100);
    await page.goTo(id("loan"));
    const fetches = browser.server.requests.filter((request) => request === `GET /threads/${id("loan")}`);
    expect([fetches.length, page.peekThread(id("loan")).row?.id]).toEqual([1, id("loan")]);
  });

  test("with what is pushed while it is connected", async () => {
    const page = await browser.open();
    await page.goTo(EXAM);
    browser.server.addMessage("exam", "school", { text: "We look into it" });
    await settle();
    expect(page.log(EXAM)).toEqual(["Text 1", "We look into it"]);
    expect(page.threads()).toEqual(await freshly(EXAM));
  });

  test("with messages that arrived while it was disconnected", async () => {
    const page = await browser.open();
    await page.goTo(EXAM);
    await reconnect(() => {
      browser.server.addMessage("exam", "school", { text: "Meanwhile" });
      browser.server.raise("loan");
    });
    expect(page.log(EXAM)).toEqual(["Text 1", "Meanwhile"]);
    expect(Object.keys(page.threads())).toEqual([EXAM, id("loan")]);
  });

  test.each(["the open thread", "another"])(
    "without a thread that was deleted while it was disconnected: %s",
    async (which) => {
      browser.server.raise("loan");
      const page = await browser.open();
      await page.goTo(EXAM);
      await page.goTo(which === "another" ? id("loan") : EXAM);
      await reconnect(() => browser.server.threads.delete(EXAM));
      expect(page.peekThread(EXAM)).toMatchObject({ row: undefined, log: undefined });
    },
  );

  test("with what the other side has seen while it was disconnected", async () => {
    const page = await browser.open();
    await page.goTo(EXAM);
    await reconnect(() => void ((browser.server.threads.get(EXAM) as { seen: number }).seen = 1));
    expect(page.peekThread(EXAM).seen).toBe(1);
  });

  test("after a frame is lost: the gap is fetched", async () => {
    const page = await browser.open();
    await page.goTo(EXAM);
    browser.server.addMessage("exam", "school", { text: "Missing", missing: true });
    browser.server.addMessage("exam", "school", { text: "Next" });
    await settle();
    expect(page.log(EXAM)).toEqual(["Text 1", "Missing", "Next"]);
  });

  test("of a thread that does not exist: the page says so, and asks once", async () => {
    const page = await browser.open();
    await page.goTo(id("nothing"));
    expect([page.peekThread(id("nothing")).row, page.checkingThreadId.value, page.logError.value]).toEqual([
      undefined,
      "",
      null,
    ]);
    expect(browser.server.requests.filter((call) => call.includes("nothing"))).toHaveLength(1);
  });

  test("while the log cannot be loaded: the page says so until it can", async () => {
    browser.server.responses.set(`GET /threads/${EXAM}/log`, {
      status: 503,
      body: { t: "refused", code: "busy", sentence: "Busy." },
    });
    vi.stubGlobal("fetch", async (url: URL, init: RequestInit) => {
      if (url.pathname.endsWith("/me")) await new Promise((resolve) => setTimeout(resolve, 500));
      return browser.server.fetch(url, init);
    });
    const page = await browser.open({ at: EXAM });
    await settle(1_000);
    expect(page.logError.value).toContain("cannot save anything");
    browser.server.responses.clear();
    await page.fetchMissingLog(EXAM);
    expect([page.log(EXAM), page.logError.value]).toEqual([["Text 1"], null]);
  });

  async function freshly(open: string) {
    const page = await browser.open();
    await page.goTo(open);
    return page.threads();
  }
});

describe("a message", () => {
  test("waits while the connection is lost, and is sent when it is back", async () => {
    const page = await browser.open();
    await page.goTo(EXAM);
    browser.server.reachable = false;
    browser.server.dropConnections();
    page.write(EXAM, "Hello");
    await settle();
    expect(page.unsent()).toEqual([["Hello", null]]);
    browser.server.reachable = true;
    await settle(31_000);
    expect(page.unsent()).toEqual([]);
    expect(page.log(EXAM)).toEqual(["Text 1", "Hello"]);
  });

  test("whose answer was lost is sent again, and appears once", async () => {
    const page = await browser.open();
    await page.goTo(EXAM);
    browser.server.sendFates.push("lost");
    page.write(EXAM, "Hello");
    await settle(31_000);
    expect(page.log(EXAM)).toEqual(["Text 1", "Hello"]);
    expect(browser.server.threads.get(EXAM)?.log).toHaveLength(2);
    expect(page.unsent()).toEqual([]);
  });

  test("that arrives as an event is not sent again", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    const page = await browser.open();
    browser.server.dropConnections();
    page.write(EXAM, "Hello");
    await settle(3_000); // connected again, but its thread is not open: it leaves later
    const key = page.account.value?.outbox.items.value[0]?.key ?? "";
    browser.server.addMessage("exam", "raiser", { key, text: "Hello" });
    await settle(60_000);
    expect(page.unsent()).toEqual([]);
    expect(browser.server.requests).not.toContain("send");
  });

  test("that was not sent when the page was closed is sent by the next page", async () => {
    const page = await browser.open();
    browser.server.dropConnections();
    browser.server.reachable = false;
    page.write(EXAM, "Hello");
    page.now.socket.stop();
    browser.server.reachable = true;
    const next = await browser.open();
    await next.goTo(EXAM);
    await settle(21_000);
    expect([next.unsent(), next.log(EXAM)]).toEqual([[], ["Text 1", "Hello"]]);
  });

  test("written in one tab appears in the other, and is sent once", async () => {
    const [one, two] = [await browser.open(), await browser.open()];
    await Promise.all([one.goTo(EXAM), two.goTo(EXAM)]);
    browser.server.sendFates.push("silent");
    one.write(EXAM, "Hello");
    const key = Object.keys(browser.storage).find((name) => name.includes(":act.")) ?? "";
    browser.window.dispatchEvent(Object.assign(new Event("storage"), { key, newValue: browser.storage.getItem(key) }));
    await settle();
    expect(two.unsent()).toEqual([["Hello", null]]);
    await settle(60_000);
    expect(browser.server.threads.get(EXAM)?.log.map(({ text }) => text)).toEqual(["Text 1", "Hello"]);
    expect([one.unsent(), two.unsent()]).toEqual([[], []]);
  });

  test("that another tab only updates keeps its random time", async () => {
    const page = await browser.open();
    browser.server.dropConnections();
    browser.server.reachable = false;
    page.write(EXAM, "Hello");
    page.now.socket.stop();
    browser.server.reachable = true;
    vi.spyOn(Math, "random").mockReturnValue(0.9);
    const next = await browser.open(); // its thread is not open: it leaves after 18 seconds
    const key = Object.keys(browser.storage).find((name) => name.includes(":act.")) ?? "";
    browser.window.dispatchEvent(Object.assign(new Event("storage"), { key, newValue: browser.storage.getItem(key) }));
    await settle(10_000);
    expect([sends(), next.unsent()]).toEqual([0, [["Hello", null]]]);
    await settle(10_000);
    expect([sends(), next.unsent()]).toEqual([1, []]);
  });

  test("that is refused says why, in our words", async () => {
    const page = await browser.open();
    browser.server.sendFates.push({ code: "thread_terminated", sentence: "In the server's words." });
    page.write(EXAM, "Late");
    await settle();
    expect(page.unsent()).toEqual([["Late", "This thread has ended. No one can add messages to it."]]);
  });

  test("that came too fast is sent a little later by itself", async () => {
    const page = await browser.open();
    browser.server.sendFates.push({ code: "too_fast", sentence: "" });
    page.write(EXAM, "Hello");
    await settle();
    expect(page.unsent()).toEqual([["Hello", null]]);
    await settle(3_000);
    expect(page.unsent()).toEqual([]);
  });

  test("has the full time for an answer at each attempt", async () => {
    const page = await browser.open();
    await page.goTo(EXAM);
    browser.server.sendFates.push("cut", "silent");
    browser.server.reachable = false; // once it is cut: it is back only after a while
    page.write(EXAM, "Hello");
    await settle(12_000);
    browser.server.reachable = true;
    browser.window.dispatchEvent(new Event("online"));
    await settle(1_000);
    expect(sends()).toBe(2);
    await settle(12_000); // more than twenty seconds after the first, fewer after the second
    expect(sends()).toBe(2);
    await settle(20_000);
    expect(page.log(EXAM)).toEqual(["Text 1", "Hello"]);
  });

  test("to each of two threads leaves at a moment of its own after a reconnect, within 20 seconds", async () => {
    let draws = 0;
    vi.spyOn(Math, "random").mockImplementation(() => (++draws * 0.37) % 1);
    browser.server.raise("loan");
    const page = await browser.open();
    await page.goTo(EXAM);
    browser.server.reachable = false;
    browser.server.dropConnections();
    for (const name of ["exam", "loan"]) page.write(id(name), "Hello");
    await settle(1_000);
    browser.server.reachable = true;
    browser.window.dispatchEvent(new Event("online"));
    const left: number[] = [];
    for (let ms = 0; ms < 21_000; ms += 500) {
      await settle(500);
      while (left.length < sends()) left.push(ms);
    }
    expect(left).toHaveLength(2);
    expect((left[1] as number) - (left[0] as number)).toBeGreaterThan(1_000);
    expect(page.unsent()).toEqual([]);
  });

  test("without an answer is sent again", async () => {
    const page = await browser.open();
    browser.server.sendFates.push("silent");
    page.write(EXAM, "Hello");
    await settle(30_000);
    expect(page.unsent()).toEqual([]);
    expect(sends()).toBe(2);
  });
});

test("a person who may not use the site is told so, whatever the status of the refusal", async () => {
  browser.server.responses.set("POST /tickets", {
    status: 422,
    body: { t: "refused", code: "unreachable_address", sentence: "In the server's words." },
  });
  const page = await browser.open();
  expect(page.now.socket.state.value).toBe("stopped");
  expect(page.refused).toHaveBeenCalledWith(expect.objectContaining({ code: "unreachable_address" }));
});

describe("what is typed", () => {
  test("is not stored before the account is known", async () => {
    browser.server.responses.set("GET /me", { status: 503, body: { t: "refused", code: "busy", sentence: "Busy." } });
    const page = await browser.open();
    expect(page.account.value).toBeNull();
    browser.server.responses.clear();
    await settle(5_000);
    await page.ready();
    expect(page.account.value?.party).toBe(id("uma"));
  });

  test("is not mixed with another account's: a page stops when the server answers for another party", async () => {
    const page = await browser.open();
    browser.server.party = id("tomas");
    browser.server.push({ t: "changed", what: "me" });
    await settle();
    expect(page.refused.mock.calls.map(([error]) => error.constructor.name)).toEqual(["OtherAccountError"]);
    expect(page.account.value?.party).toBe(id("uma"));
  });
});

describe("a raise whose answer was lost", () => {
  const ask = async (page: Awaited<ReturnType<TestBrowser["open"]>>) => {
    const mine = page.account.value;
    mine?.drafts.write(`raise:${id("law")}`, { text: "It broke", subject: "About it" });
    const result = mine?.raise(id("law"));
    await settle();
    return result;
  };

  test("is confirmed by the frame of its thread", async () => {
    browser.server.lostAnswers.add("POST /threads");
    const page = await browser.open();
    await ask(page);
    expect(page.account.value?.confirmedRaise.value).toMatchObject({ school: id("law"), changed: false });
    expect(page.account.value?.outbox.items.value).toEqual([]);
  });

  test("is confirmed by the history after a reload", async () => {
    browser.server.lostAnswers.add("POST /threads");
    browser.server.dropRaiseFrames = true;
    expect(await ask(await browser.open())).toEqual({ t: "unknown" });
    const next = await browser.open();
    await settle(1_000);
    expect(next.account.value?.outbox.items.value).toEqual([]);
    expect(next.account.value?.drafts.get(`raise:${id("law")}`).text).toBe("");
    expect(next.knownRows().filter((row) => row.subject === "About it")).toHaveLength(1);
  });

  test.each([
    ["a refusal", { status: 409, body: { t: "refused", code: "five_threads", sentence: "Five." } }, "refused"],
    ["a server that is busy", { status: 503, body: { t: "refused", code: "busy", sentence: "Busy." } }, "refused"],
    ["a gateway that gave up waiting", { status: 504, body: {} }, "unknown"],
  ])("is not confused with %s", async (_, answer, t) => {
    browser.server.responses.set("POST /threads", answer);
    expect(await ask(await browser.open())).toMatchObject({ t });
  });

  test("is not confused with one that was not sent", async () => {
    const page = await browser.open();
    vi.stubGlobal("navigator", { ...navigator, onLine: false });
    expect(await ask(page)).toEqual({ t: "not_sent" });
    expect(browser.server.requests).not.toContain("POST /threads");
  });
});

test("a note whose answer was lost is written once, and appears in the thread's details", async () => {
  browser.server.lostAnswers.add(`POST /threads/${EXAM}/notes`);
  const page = await browser.open();
  page.account.value?.drafts.write(`note:${EXAM}`, { text: "Ask first", subject: "" });
  page.account.value?.send("note", EXAM);
  await settle();
  expect(page.unsent()).toEqual([["Ask first", null]]);
  browser.server.lostAnswers.clear();
  await reconnect();
  await settle(21_000);
  expect([browser.server.notes, page.unsent()]).toEqual([["Ask first"], []]);
  expect(page.internalNotes.value.get(EXAM)).toHaveLength(1);
});

describe("a thread that is removed while the page is open", () => {
  test("is remembered, so that the page can say why", async () => {
    const page = await browser.open();
    browser.server.push({ t: "gone", id: EXAM, rev: 9 });
    await settle();
    expect(page.removedRows.value.get(EXAM)).toMatchObject({ as: "raiser", state: "open" });
  });

  test("is also remembered if the page hears of it later", async () => {
    const page = await browser.open();
    await reconnect(() => browser.server.threads.delete(EXAM));
    expect(page.removedRows.value.has(EXAM)).toBe(true);
  });
});

describe("typing", () => {
  test("fades a little later than its next sign is due where signs are seldom", async () => {
    browser.config = { ...browser.config, typing: 30_000 };
    const page = await browser.open();
    browser.server.push({ t: "typing", id: EXAM });
    await settle(31_000);
    expect(page.typingThreads.value.has(EXAM)).toBe(true);
    await settle(1_100);
    expect(page.typingThreads.value.size).toBe(0);
  });

  test("is shown, and ends by itself", async () => {
    const page = await browser.open();
    browser.server.push({ t: "typing", id: EXAM });
    await settle();
    expect(page.typingThreads.value.has(EXAM)).toBe(true);
    await settle(6_000);
    expect(page.typingThreads.value.size).toBe(0);
  });

  test("ends with the other side's message, not with one's own", async () => {
    const page = await browser.open();
    browser.server.push({ t: "typing", id: EXAM });
    browser.server.addMessage("exam", "raiser");
    await settle();
    expect(page.typingThreads.value.size).toBe(1);
    browser.server.addMessage("exam", "school");
    await settle();
    expect(page.typingThreads.value.size).toBe(0);
  });
});

test("unread messages are counted over all threads, and what another device has read counts as read", async () => {
  browser.server.raise("loan");
  browser.server.addMessage("exam", "school");
  browser.server.addMessage("loan", "school");
  const page = await browser.open();
  expect(page.totalUnread.value).toBe(2);
  browser.server.push({ t: "read", id: EXAM, read: 1 });
  await settle();
  expect(page.totalUnread.value).toBe(1);
});

describe("a thread of which words are hidden", () => {
  const change = (text: string) => {
    const thread = browser.server.threads.get(EXAM);
    if (!thread) throw new Error("no thread");
    thread.log = thread.log.map((entry) => ({ ...entry, text }));
    thread.row = { ...thread.row, rev: thread.row.rev + 1, subject: text };
    return thread.row.rev;
  };
  const texts = (page: Awaited<ReturnType<TestBrowser["open"]>>) =>
    page.peekThread(EXAM).log?.entries.map((entry) => ("text" in entry ? entry.text : ""));

  test("is asked for when a frame says that something is new", async () => {
    const page = await browser.open();
    await page.goTo(EXAM);
    const { row: shown } = browser.server.addMessage(EXAM, "school", { text: "New", missing: true });
    browser.server.push({ t: "reload", id: EXAM, rev: shown.rev, texts: false });
    await settle(200);
    expect(texts(page)?.at(-1)).toBe("New");
    expect(page.peekThread(EXAM).row?.last?.text).toBe("New");
  });

  test("shows its texts as they are now, also where a page with those from before is on its way", async () => {
    const page = await browser.open();
    await page.goTo(EXAM);
    browser.server.addMessage(EXAM, "school", { missing: true });
    let isLate = true;
    vi.stubGlobal("fetch", async (url: URL, init: RequestInit) => {
      const answer = await browser.server.fetch(url, init);
      if (isLate && url.pathname.endsWith("/log")) await new Promise((resolve) => setTimeout(resolve, 2_000));
      return answer;
    });
    const { rev } = browser.server.threads.get(EXAM)?.row ?? { rev: 0 };
    browser.server.push({ t: "reload", id: EXAM, rev, texts: false });
    await settle(500);
    browser.server.push({ t: "reload", id: EXAM, rev: change("Masked"), texts: true });
    isLate = false;
    await settle(3_000);
    expect(texts(page)).toEqual(["Masked", "Masked"]);
    expect(page.peekThread(EXAM).row?.subject).toBe("Masked");
  });
});
