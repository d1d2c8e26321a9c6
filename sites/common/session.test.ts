import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { id } from "./kit/entries";
import { Browser, settle } from "./kit/page";

const EXAM = id("exam");
let browser: Browser;

beforeEach(() => {
  browser = new Browser().install();
  browser.home.raise("exam");
});

afterEach(() => {
  browser.remove();
  vi.restoreAllMocks();
});

/** The connection breaks and comes back; back-off is random, so time runs until it is back. */
async function reconnect(away: () => void = () => undefined): Promise<void> {
  browser.home.cut();
  away();
  await settle(31_000);
}

const sends = (): number => browser.home.asked.filter((asked) => asked === "send").length;

describe("what changes beside the threads", () => {
  test("is asked for again when the server says so, and the last of several answers stays", async () => {
    const page = await browser.open();
    const waits = [500, 0]; // the first answer is the later one to arrive
    vi.stubGlobal("fetch", async (url: URL, init: RequestInit) => {
      const answer = await browser.home.fetch(url, init);
      await new Promise((resolve) => setTimeout(resolve, url.pathname.endsWith("/me") ? waits.shift() : 0));
      return answer;
    });
    browser.home.name = "Uma";
    browser.home.push({ t: "changed", what: "me" });
    await settle();
    browser.home.name = "Uma Petrov";
    browser.home.push({ t: "changed", what: "me" });
    await settle(1_000);
    expect([page.me.value?.name, waits]).toEqual(["Uma Petrov", []]);
  });

  test("is the name of a school that has closed: it is asked for once, and its threads still say it", async () => {
    const thread = browser.home.threads.get(EXAM) as { row: object };
    thread.row = { ...thread.row, school: id("closed") };
    const page = await browser.open();
    await reconnect();
    expect(page.schools.value?.get(id("closed"))).toMatchObject({ name: "closed", takes: false });
    expect(browser.home.asked.filter((call) => call === `GET /schools/${id("closed")}`)).toHaveLength(1);
  });

  test("is a school that closes while its name is held: nothing can be raised to it any more", async () => {
    const page = await browser.open();
    browser.home.schools = [];
    await reconnect();
    expect(page.schools.value?.get(id("law"))).toMatchObject({ name: "law", takes: false });
  });

  test("is what was noted: each entry once, in order, and none of a thread that left", async () => {
    const page = await browser.open();
    const note = (seq: number) => ({ as: "worker_note", seq, at: 0, mine: false, text: `Note ${seq}`, key: null }) as const;
    for (const seq of [3, 1, 3]) browser.home.push({ t: "noted", id: EXAM, entry: note(seq) });
    await settle();
    expect(page.asides.value.get(EXAM)?.map(({ seq }) => seq)).toEqual([1, 3]);
    browser.home.push({ t: "gone", id: EXAM, rev: 9 });
    await settle();
    expect(page.asides.value.has(EXAM)).toBe(false);
  });
});

describe("a live screen equals a fresh load", () => {
  test("with what is pushed while it is open", async () => {
    const page = await browser.open();
    await page.goTo(EXAM);
    browser.home.say("exam", "school", { text: "We look into it" });
    await settle();
    expect(page.log(EXAM)).toEqual(["Text 1", "We look into it"]);
    expect(page.view.value).toEqual(await freshly(EXAM));
  });

  test("with what was said while it was cut off", async () => {
    const page = await browser.open();
    await page.goTo(EXAM);
    await reconnect(() => {
      browser.home.say("exam", "school", { text: "Meanwhile" });
      browser.home.raise("loan");
    });
    expect(page.log(EXAM)).toEqual(["Text 1", "Meanwhile"]);
    expect([...page.view.value.rows.keys()]).toEqual([EXAM, id("loan")]);
  });

  test.each(["the open thread", "another"])("without what was deleted while it was cut off: %s", async (which) => {
    browser.home.raise("loan");
    const page = await browser.open();
    await page.goTo(EXAM);
    await page.goTo(which === "another" ? id("loan") : EXAM);
    await reconnect(() => browser.home.threads.delete(EXAM));
    expect([page.view.value.rows.has(EXAM), page.view.value.logs.has(EXAM)]).toEqual([false, false]);
  });

  test("with what the other side has seen while it was cut off", async () => {
    const page = await browser.open();
    await page.goTo(EXAM);
    await reconnect(() => void ((browser.home.threads.get(EXAM) as { seen: number }).seen = 1));
    expect(page.view.value.marks.get(EXAM)?.seen).toBe(1);
  });

  test("where a frame went missing: the gap is fetched", async () => {
    const page = await browser.open();
    await page.goTo(EXAM);
    browser.home.say("exam", "school", { text: "Missing", missing: true });
    browser.home.say("exam", "school", { text: "Next" });
    await settle();
    expect(page.log(EXAM)).toEqual(["Text 1", "Missing", "Next"]);
  });

  test("of a thread that is opened by an address and is not there, it says so and asks once", async () => {
    const page = await browser.open();
    await page.goTo(id("nothing"));
    expect([page.view.value.rows.has(id("nothing")), page.checking.value, page.logFailure.value]).toEqual([false, "", null]);
    expect(browser.home.asked.filter((call) => call.includes("nothing"))).toHaveLength(1);
  });

  test("where the log cannot be had: it says so, also when the lists come after, until it can", async () => {
    browser.home.instead.set(`GET /threads/${EXAM}/log`, { status: 503, body: { t: "refused", code: "busy", sentence: "Busy." } });
    vi.stubGlobal("fetch", async (url: URL, init: RequestInit) => {
      if (url.pathname.endsWith("/schools")) await new Promise((resolve) => setTimeout(resolve, 500));
      return browser.home.fetch(url, init);
    });
    const page = await browser.open({ at: EXAM });
    await settle(1_000);
    expect(page.logFailure.value).toContain("cannot store anything");
    browser.home.instead.clear();
    await page.catchUp(EXAM);
    expect([page.log(EXAM), page.logFailure.value]).toEqual([["Text 1"], null]);
  });

  async function freshly(open: string) {
    const page = await browser.open();
    await page.goTo(open);
    return page.view.value;
  }
});

describe("a message", () => {
  test("waits while the connection is gone, and leaves when it is back", async () => {
    const page = await browser.open();
    await page.goTo(EXAM);
    browser.home.reachable = false;
    browser.home.cut();
    page.write(EXAM, "Hello");
    await settle();
    expect(page.unsent()).toEqual([["Hello", null]]);
    browser.home.reachable = true;
    await settle(31_000);
    expect(page.unsent()).toEqual([]);
    expect(page.log(EXAM)).toEqual(["Text 1", "Hello"]);
  });

  test("whose answer was lost is sent again, and stands in the thread once", async () => {
    const page = await browser.open();
    await page.goTo(EXAM);
    browser.home.fates.push("lost");
    page.write(EXAM, "Hello");
    await settle(31_000);
    expect(page.log(EXAM)).toEqual(["Text 1", "Hello"]);
    expect(browser.home.threads.get(EXAM)?.log).toHaveLength(2);
    expect(page.unsent()).toEqual([]);
  });

  test("that arrives as an event is not sent any more: the server had it all the time", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    const page = await browser.open();
    browser.home.cut();
    page.write(EXAM, "Hello");
    await settle(3_000); // connected again, but its thread is not open: it leaves later
    const key = page.account.value?.acts.items.value[0]?.key ?? "";
    browser.home.say("exam", "raiser", { key, text: "Hello" });
    await settle(60_000);
    expect(page.unsent()).toEqual([]);
    expect(browser.home.asked).not.toContain("send");
  });

  test("that was not sent when the page was closed is sent by the next page", async () => {
    const page = await browser.open();
    browser.home.cut();
    browser.home.reachable = false;
    page.write(EXAM, "Hello");
    page.now.socket.stop();
    browser.home.reachable = true;
    const next = await browser.open();
    await next.goTo(EXAM);
    await settle(21_000);
    expect([next.unsent(), next.log(EXAM)]).toEqual([[], ["Text 1", "Hello"]]);
  });

  test("written in one tab shows in the other, and is sent once", async () => {
    const [one, two] = [await browser.open(), await browser.open()];
    await Promise.all([one.goTo(EXAM), two.goTo(EXAM)]);
    browser.home.fates.push("silent");
    one.write(EXAM, "Hello");
    const key = Object.keys(browser.storage).find((name) => name.includes(":act.")) ?? "";
    browser.window.dispatchEvent(Object.assign(new Event("storage"), { key, newValue: browser.storage.getItem(key) }));
    await settle();
    expect(two.unsent()).toEqual([["Hello", null]]);
    await settle(60_000);
    expect(browser.home.threads.get(EXAM)?.log.map(({ text }) => text)).toEqual(["Text 1", "Hello"]);
    expect([one.unsent(), two.unsent()]).toEqual([[], []]);
  });

  test("that another tab only marks keeps the moment at which it leaves", async () => {
    const page = await browser.open();
    browser.home.cut();
    browser.home.reachable = false;
    page.write(EXAM, "Hello");
    page.now.socket.stop();
    browser.home.reachable = true;
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
    browser.home.fates.push({ code: "thread_terminated", sentence: "In the server's words." });
    page.write(EXAM, "Late");
    await settle();
    expect(page.unsent()).toEqual([["Late", "This thread has ended. Nobody can write here any more."]]);
  });

  test("that came too fast is sent a little later by itself", async () => {
    const page = await browser.open();
    browser.home.fates.push({ code: "too_fast", sentence: "" });
    page.write(EXAM, "Hello");
    await settle();
    expect(page.unsent()).toEqual([["Hello", null]]);
    await settle(3_000);
    expect(page.unsent()).toEqual([]);
  });

  test("is given its whole time for an answer each time it is sent", async () => {
    const page = await browser.open();
    await page.goTo(EXAM);
    browser.home.fates.push("cut", "silent");
    browser.home.reachable = false; // once it is cut: it is back only after a while
    page.write(EXAM, "Hello");
    await settle(12_000);
    browser.home.reachable = true;
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
    browser.home.raise("loan");
    const page = await browser.open();
    await page.goTo(EXAM);
    browser.home.reachable = false;
    browser.home.cut();
    for (const name of ["exam", "loan"]) page.write(id(name), "Hello");
    await settle(1_000);
    browser.home.reachable = true;
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

  test("that nobody answers is sent again", async () => {
    const page = await browser.open();
    browser.home.fates.push("silent");
    page.write(EXAM, "Hello");
    await settle(30_000);
    expect(page.unsent()).toEqual([]);
    expect(sends()).toBe(2);
  });
});

test("whoever may not come in is told so, whatever the refusal's status", async () => {
  browser.home.instead.set("POST /tickets", { status: 422, body: { t: "refused", code: "unreachable_address", sentence: "In the server's words." } });
  const page = await browser.open();
  expect(page.now.socket.state.value).toBe("stopped");
  expect(page.refused).toHaveBeenCalledWith(expect.objectContaining({ code: "unreachable_address" }));
});

describe("what is typed", () => {
  test("has nowhere to go before the server has said whose account it is", async () => {
    browser.home.instead.set("GET /me", { status: 503, body: { t: "refused", code: "busy", sentence: "Busy." } });
    const page = await browser.open();
    expect(page.account.value).toBeNull();
    browser.home.instead.clear();
    await settle(5_000);
    await page.ready();
    expect(page.account.value?.party).toBe(id("uma"));
  });

  test("is not mixed with another account's: a page that is answered for another party stops", async () => {
    const page = await browser.open();
    browser.home.party = id("tomas");
    browser.home.push({ t: "changed", what: "me" });
    await settle();
    expect(page.refused.mock.calls.map(([error]) => error.constructor.name)).toEqual(["OtherAccount"]);
    expect(page.account.value?.party).toBe(id("uma"));
  });
});

describe("a raise whose answer was lost", () => {
  const ask = async (page: Awaited<ReturnType<Browser["open"]>>) => {
    const mine = page.account.value;
    mine?.drafts.write(`raise:${id("law")}`, { text: "It broke", subject: "About it" });
    const result = mine?.raise(id("law"));
    await settle();
    return result;
  };

  test("is learnt from the frame that tells of its thread", async () => {
    browser.home.lost.add("POST /threads");
    const page = await browser.open();
    await ask(page);
    expect(page.account.value?.raised.value).toMatchObject({ school: id("law"), changed: false });
    expect(page.account.value?.acts.items.value).toEqual([]);
  });

  test("is learnt from the history after a reload", async () => {
    browser.home.lost.add("POST /threads");
    browser.home.deaf = true;
    expect(await ask(await browser.open())).toEqual({ t: "unsure" });
    const next = await browser.open();
    await settle(1_000);
    expect(next.account.value?.acts.items.value).toEqual([]);
    expect(next.account.value?.drafts.of(`raise:${id("law")}`).text).toBe("");
    expect([...next.view.value.rows.values()].filter((row) => row.subject === "About it")).toHaveLength(1);
  });

  test.each([
    ["a refusal", { status: 409, body: { t: "refused", code: "five_threads", sentence: "Five." } }, "refused"],
    ["a server that is busy", { status: 503, body: { t: "refused", code: "busy", sentence: "Busy." } }, "refused"],
    ["a gateway that gave up waiting", { status: 504, body: {} }, "unsure"],
  ])("is told from %s", async (_, answer, t) => {
    browser.home.instead.set("POST /threads", answer);
    expect(await ask(await browser.open())).toMatchObject({ t });
  });

  test("is told from one that the device did not send", async () => {
    const page = await browser.open();
    vi.stubGlobal("navigator", { ...navigator, onLine: false });
    expect(await ask(page)).toEqual({ t: "unreached" });
    expect(browser.home.asked).not.toContain("POST /threads");
  });
});

test("a note whose answer was lost is written once, and stands beside the thread", async () => {
  browser.home.lost.add(`POST /threads/${EXAM}/notes`);
  const page = await browser.open();
  page.account.value?.drafts.write(`note:${EXAM}`, { text: "Ask first", subject: "" });
  page.account.value?.send("note", EXAM);
  await settle();
  expect(page.unsent()).toEqual([["Ask first", null]]);
  browser.home.lost.clear();
  await reconnect();
  await settle(21_000);
  expect([browser.home.notes, page.unsent()]).toEqual([["Ask first"], []]);
  expect(page.asides.value.get(EXAM)).toHaveLength(1);
});

describe("a thread that leaves while the page is open", () => {
  test("is remembered as it was, so that the page can say why", async () => {
    const page = await browser.open();
    browser.home.push({ t: "gone", id: EXAM, rev: 9 });
    await settle();
    expect(page.lastRows.value.get(EXAM)).toMatchObject({ as: "raiser", state: "open" });
  });

  test("is remembered also where the page learns of it later", async () => {
    const page = await browser.open();
    await reconnect(() => browser.home.threads.delete(EXAM));
    expect(page.lastRows.value.has(EXAM)).toBe(true);
  });
});

describe("typing", () => {
  test("shows, and fades by itself", async () => {
    const page = await browser.open();
    browser.home.push({ t: "typing", id: EXAM });
    await settle();
    expect(page.typing.value.has(EXAM)).toBe(true);
    await settle(6_000);
    expect(page.typing.value.size).toBe(0);
  });

  test("ends with their message, not with one's own", async () => {
    const page = await browser.open();
    browser.home.push({ t: "typing", id: EXAM });
    browser.home.say("exam", "raiser");
    await settle();
    expect(page.typing.value.size).toBe(1);
    browser.home.say("exam", "school");
    await settle();
    expect(page.typing.value.size).toBe(0);
  });
});

test("unread is counted over all threads, and what another device has read is read here", async () => {
  browser.home.raise("loan");
  browser.home.say("exam", "school");
  browser.home.say("loan", "school");
  const page = await browser.open();
  expect(page.totalUnread.value).toBe(2);
  browser.home.push({ t: "read", id: EXAM, read: 1 });
  await settle();
  expect(page.totalUnread.value).toBe(1);
});

describe("the connection", () => {
  test("that nobody answers any more is noticed and made anew", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5); // half a second until it is tried again
    const page = await browser.open();
    browser.home.answersPings = false;
    await settle(25_000 + 10_000);
    expect(page.now.socket.state.value).toBe("lost");
    browser.home.answersPings = true;
    await settle(5_000);
    expect(page.now.socket.state.value).toBe("open");
  });

  test("is tried again at longer and longer intervals, up to half a minute, each of them random", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    await browser.open();
    browser.home.reachable = false;
    browser.home.cut();
    const waits = vi.spyOn(globalThis, "setTimeout");
    await settle(200_000);
    const tried = waits.mock.calls.map(([, ms]) => ms ?? 0).filter((ms) => ms >= 1_000 && ms !== 15_000);
    expect(tried.slice(0, 7)).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  test("comes back at once when the device says it is online", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    const page = await browser.open();
    browser.home.reachable = false;
    browser.home.cut();
    await settle(60_000);
    browser.home.reachable = true;
    browser.window.dispatchEvent(new Event("online"));
    await settle();
    expect(page.now.socket.state.value).toBe("open");
  });

  test.each(["reload", "ended"] as const)("stays closed when the server said %s", async (code) => {
    const page = await browser.open();
    browser.home.push({ t: "bye", code });
    await settle(60_000);
    expect(page.now.socket.state.value).toBe(code);
    expect(browser.home.sockets.size).toBe(0);
  });

  test("is made anew at once when the server asks for it", async () => {
    const page = await browser.open();
    browser.home.push({ t: "bye", code: "rotate" });
    await settle();
    expect(page.now.socket.state.value).toBe("open");
    expect(browser.home.asked.filter((asked) => asked === "hello")).toHaveLength(2);
  });

  test("is not tried again by someone whom this site is not for", async () => {
    browser.home.instead.set("POST /tickets", { status: 403, body: { t: "refused", code: "site_is_school", sentence: "Said so." } });
    const page = await browser.open();
    await settle(60_000);
    expect(page.refused.mock.calls.map(([error]) => error.message)).toEqual([
      "This address is a school’s. Sign in on the school site.",
    ]);
    expect(page.now.socket.state.value).toBe("stopped");
  });
});
