import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { id } from "../../testing/fixtures";
import type { ServerFrame } from "../api/protocol";
import { config, TestBrowser, settle } from "../../testing/test-page";

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

const hellos = (): number => browser.server.requests.filter((request) => request === "hello").length;

describe("a network that lets no socket through", () => {
  /** The account's key is made outside the fake clock. */
  const openBlocked = async () => {
    const page = await browser.open();
    await import("./polling"); // a module too is loaded outside the fake clock
    for (let turn = 0; turn < 50 && !page.isLoaded.value; turn++) await page.ready();
    return page;
  };
  const fates = ["refused", "swallowed", "cut after ten seconds"] as const;

  test.each(fates)("shows the lists at once, says so, and asks every few seconds: %s", async (fate) => {
    browser.server.socketFate = fate;
    const page = await openBlocked();
    expect([page.isLoaded.value, page.knownRows().length]).toEqual([true, 1]);
    await page.goTo(EXAM);
    await settle(60_000);
    browser.server.addMessage("exam", "school", { text: "We look into it", missing: true });
    await settle(15_000);
    expect(page.log(EXAM)).toEqual(["Text 1", "We look into it"]);
    if (fate !== "cut after ten seconds") expect(page.now.socket.state.value).toBe("blocked");
  });

  test.each(fates)("still takes what is written, once and in order: %s", async (fate) => {
    browser.server.socketFate = fate;
    const page = await openBlocked();
    await page.goTo(EXAM);
    await settle(60_000);
    for (const text of ["First", "Second"]) page.write(EXAM, text);
    await settle(15_000);
    expect(page.unsent()).toEqual([]);
    expect(browser.server.threads.get(EXAM)?.log.map(({ text }) => text)).toEqual(["Text 1", "First", "Second"]);
    expect(page.log(EXAM)).toEqual(["Text 1", "First", "Second"]);
  });

  test("is left for the socket as soon as one opens", async () => {
    browser.server.socketFate = "refused";
    const page = await openBlocked();
    await settle(60_000);
    browser.server.socketFate = "none";
    await settle(31_000);
    expect(page.now.socket.state.value).toBe("open");
    await settle(5_000);
    const before = browser.server.requests.length;
    await settle(20_000);
    expect(browser.server.requests.slice(before).filter((request) => request !== "ping")).toEqual([]);
  });

  test("and then answers no calls either, is said to be lost", async () => {
    browser.server.socketFate = "refused";
    const page = await openBlocked();
    await settle(60_000);
    browser.server.reachable = false;
    await settle(31_000);
    expect(page.now.socket.state.value).toBe("lost");
  });

  test("is asked no faster than the server lets one read", async () => {
    browser.server.socketFate = "refused";
    await openBlocked();
    await settle(60_000);
    const before = browser.server.requests.length;
    await settle(60_000);
    const reads = browser.server.requests.slice(before).filter((request) => request.startsWith("GET")).length;
    expect(reads).toBeGreaterThan(20);
    expect(reads).toBeLessThan(120);
  });
});

describe("the connection", () => {
  test("that is silent after a frame, and never greeted, is not waited for", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    browser.server.socketFate = "silent after a frame";
    const page = await browser.open();
    await settle(4_000);
    expect(page.now.socket.state.value).toBe("connecting");
    browser.server.socketFate = "none";
    await settle(2_000);
    expect(page.now.socket.state.value).toBe("open");
  });

  test("that gives no answer is replaced as soon as the server answers in another way", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const page = await browser.open();
    browser.server.answersPings = false;
    await settle(25_000 + 2_900);
    expect([page.now.socket.state.value, hellos()]).toEqual(["open", 1]);
    await settle(200);
    expect([page.now.socket.state.value, hellos()]).toEqual(["open", 2]);
  });

  test("that swallows a message is said to be silent after three seconds, and back when the network is", async () => {
    const page = await browser.open();
    await page.goTo(EXAM);
    browser.server.sendFates.push("silent");
    browser.server.swallowsCalls = true;
    browser.server.answersPings = false;
    page.write(EXAM, "Is anybody there?");
    await settle(2_900);
    expect(page.now.socket.state.value).toBe("open");
    await settle(200);
    expect(page.now.socket.state.value).toBe("silent");
    await settle(20_000);
    expect(page.now.socket.state.value).toBe("lost");
    browser.server.swallowsCalls = false;
    await settle(15_000 + 1_500); // at most what a patient attempt waits for, and a pause
    expect([page.now.socket.state.value, page.unsent()]).toEqual(["open", []]);
    expect(browser.server.threads.get(EXAM)?.log.map(({ text }) => text)).toEqual(["Text 1", "Is anybody there?"]);
  });

  test("of a device that says it is offline is checked at once, and said to be silent after three seconds", async () => {
    const page = await browser.open();
    browser.window.dispatchEvent(new Event("offline"));
    await settle(4_000);
    expect(page.now.socket.state.value).toBe("open"); // it was not true
    browser.server.swallowsCalls = true;
    browser.server.answersPings = false;
    browser.window.dispatchEvent(new Event("offline"));
    await settle(3_100);
    expect(page.now.socket.state.value).toBe("silent");
  });

  test("to a server that is busy with a message is kept, and the page says that there is no answer", async () => {
    const page = await browser.open();
    const { slowCalls } = await import("../api/client");
    browser.server.sendFates.push("silent");
    page.write(EXAM, "Is anybody there?");
    await settle(19_000);
    expect([page.now.socket.state.value, hellos(), slowCalls.value]).toEqual(["open", 1, 1]);
    await settle(10_000);
    expect([page.unsent(), slowCalls.value]).toEqual([[], 0]);
  });

  test("that was silent for a moment is kept", async () => {
    const page = await browser.open();
    browser.server.answersPings = false;
    browser.server.swallowsCalls = true;
    await settle(25_000 + 4_000);
    expect(page.now.socket.state.value).toBe("silent");
    browser.server.push({ t: "pong" });
    await settle();
    browser.server.answersPings = true;
    browser.server.swallowsCalls = false;
    await settle(20_000);
    expect([page.now.socket.state.value, hellos()]).toEqual(["open", 1]);
  });

  test("is checked when a call gets no answer", async () => {
    const page = await browser.open();
    browser.server.swallowsCalls = true;
    browser.server.answersPings = false;
    const failed = expect(page.now.call("overview")).rejects.toThrow();
    await settle(3_100 + 3_100);
    expect(page.now.socket.state.value).toBe("silent");
    await settle(15_000);
    await failed;
  });

  test("is tried again soon at first, later at longer intervals, each of them random", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    await browser.open();
    browser.server.reachable = false;
    browser.server.dropConnections();
    const waits = vi.spyOn(globalThis, "setTimeout");
    await settle(200_000);
    const attempts = [3_000, 5_000, 15_000]; // not pauses
    const tried = waits.mock.calls.map(([, ms]) => ms ?? 0).filter((ms) => ms >= 1_000 && !attempts.includes(ms));
    expect(new Set(tried.slice(0, 39))).toEqual(new Set([1_500]));
    expect(tried.slice(39, 42)).toEqual([30_000, 30_000, 30_000]);
  });

  test("is tried again seldom while the server says that it is busy", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    const page = await browser.open();
    browser.server.responses.set("POST /tickets", {
      status: 503,
      body: { t: "refused", code: "busy", sentence: "Try again." },
    });
    browser.server.dropConnections();
    await settle(200_000);
    const tries = browser.server.requests.filter((request) => request === "POST /tickets").length;
    expect([page.now.socket.state.value, tries]).toEqual(["lost", 12]);
  });

  test.each(["online", "keydown", "pointerdown"])("is made again within a second on %s", async (event) => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    const page = await browser.open();
    browser.server.reachable = false;
    browser.server.dropConnections();
    await settle(120_000);
    browser.server.reachable = true;
    browser.window.dispatchEvent(new Event(event));
    await settle(1_100);
    expect(page.now.socket.state.value).toBe("open");
  });

  test.each(["reload", "ended"] as const)("stays closed when the server said %s", async (code) => {
    const page = await browser.open();
    browser.server.push({ t: "bye", code });
    await settle(60_000);
    expect(page.now.socket.state.value).toBe(code);
    expect(browser.server.sockets.size).toBe(0);
  });

  test("to a server that does not speak the page's protocol ends, and what was written leaves with the next page", async () => {
    const page = await browser.open();
    await page.goTo(EXAM);
    browser.server.speaksOurs = false;
    browser.server.dropConnections();
    await settle(5_000);
    const before = hellos();
    page.write(EXAM, "Written before the reload");
    await settle(600_000);
    expect([page.now.socket.state.value, hellos(), page.unsent().length]).toEqual(["reload", before, 1]);
    browser.server.speaksOurs = true;
    const next = await browser.open();
    await next.goTo(EXAM);
    await settle(21_000);
    expect([next.unsent(), next.log(EXAM)]).toEqual([[], ["Text 1", "Written before the reload"]]);
  });

  test("to a later server ignores frames and fields that this page does not know", async () => {
    const page = await browser.open();
    await page.goTo(EXAM);
    for (const frame of [
      { t: "of a later release", id: EXAM, what: [1] },
      { t: "of a later release" },
      { t: "pong", at: 1 },
    ])
      browser.server.push(frame as unknown as ServerFrame);
    browser.server.addMessage("exam", "school", { text: "We look into it" });
    await settle();
    expect([page.now.socket.state.value, page.log(EXAM), hellos()]).toEqual(["open", ["Text 1", "We look into it"], 1]);
  });

  test("is made again after a goodbye that this page does not know", async () => {
    const page = await browser.open();
    browser.server.push({ t: "bye", code: "of a later release" });
    await settle(5_000);
    expect([page.now.socket.state.value, hellos()]).toEqual(["open", 2]);
  });

  test("is made again at once when the server asks for it", async () => {
    const page = await browser.open();
    browser.server.push({ t: "bye", code: "rotate" });
    await settle();
    expect(page.now.socket.state.value).toBe("open");
    expect(browser.server.requests.filter((requests) => requests === "hello")).toHaveLength(2);
  });

  test("is not made again for a person who may not use the site", async () => {
    browser.server.responses.set("POST /tickets", {
      status: 403,
      body: { t: "refused", code: "site_is_school", sentence: "Said so." },
    });
    const page = await browser.open();
    await settle(60_000);
    expect(page.refused.mock.calls.map(([error]) => (error as Error & { code: string }).code)).toEqual([
      "site_is_school",
    ]);
    expect(page.now.socket.state.value).toBe("stopped");
  });
});

describe("a connection of which each ping is paid for", () => {
  const BEAT = 8 * 60_000;
  const pings = (): number => browser.server.requests.filter((request) => request === "ping").length;

  beforeEach(() => {
    browser.config = { ...config, beat: BEAT };
  });

  test("is pinged each seven to eight minutes, and so before the gateway's ten idle ones", async () => {
    await browser.open();
    await settle((BEAT * 7) / 8 - 1_000);
    expect(pings()).toBe(0);
    await settle(BEAT / 8 + 1_000);
    expect(pings()).toBe(1);
    await settle(60 * 60_000);
    expect(pings()).toBeLessThanOrEqual(9);
  });

  test("is pinged each 25 seconds if the configuration is an earlier server's", async () => {
    const { beat: _, ...earlier } = config;
    browser.config = earlier;
    await browser.open();
    await settle(26_000);
    expect(pings()).toBe(1);
  });

  const NOTICED = 3_100; // ms
  const silence = async () => {
    const page = await browser.open();
    await settle(150_000);
    browser.server.answersPings = false;
    browser.server.swallowsCalls = true;
    return page;
  };

  test("is found dead within its beat and three seconds by a page that nobody uses", async () => {
    const page = await silence();
    await settle(BEAT - 150_000);
    await settle(NOTICED);
    expect(page.now.socket.state.value).not.toBe("open");
  });

  test.each(["online", "offline", "pointerdown", "keydown"])("is found dead in four seconds on %s", async (event) => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const page = await silence();
    browser.window.dispatchEvent(new Event(event));
    await settle(NOTICED);
    expect(page.now.socket.state.value).toBe("silent");
  });

  test("is found dead in three seconds when the page is shown again", async () => {
    const page = await silence();
    browser.document.dispatchEvent(new Event("visibilitychange"));
    await settle(NOTICED);
    expect(page.now.socket.state.value).toBe("silent");
  });

  test("is found dead in three seconds by a message", async () => {
    const page = await silence();
    browser.server.sendFates.push("silent");
    page.write(EXAM, "Is anybody there?");
    await settle(NOTICED);
    expect(page.now.socket.state.value).toBe("silent");
  });

  test("is not pinged by each act of a person", async () => {
    await browser.open();
    await settle(60_000);
    for (let act = 0; act < 100; act++) browser.window.dispatchEvent(new Event("keydown"));
    await settle(100);
    expect(pings()).toBe(0);
  });

  test("is kept when a gateway drops one pong: one more ping is sent", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const page = await browser.open();
    browser.server.answersPings = false;
    await settle(BEAT + 500);
    browser.server.answersPings = true;
    await settle(5_000);
    expect([page.now.socket.state.value, pings(), hellos()]).toEqual(["open", 2, 1]);
  });
});

describe("many pages", () => {
  const PAGES = 60;

  /** So many sockets, without pages; `tickets` are the times at which they began to connect. */
  const connectMany = async (beat: number) => {
    vi.resetModules();
    const { Socket } = await import("./socket");
    const tickets: number[] = [];
    const ignore = () => {};
    const handlers = { address: "", beat, onFrame: ignore, onClose: ignore, onRejected: ignore };
    const onOpen = () => Promise.resolve();
    const ticket = () => Promise.resolve(String(tickets.push(Date.now())));
    for (let page = 0; page < PAGES; page++) new Socket({ ...handlers, ticket, onOpen }).start();
    await settle();
    expect(browser.server.sockets.size).toBe(PAGES);
    tickets.length = 0;
    return tickets;
  };

  /** How many of the times lie in the busiest part of this length. */
  const busiest = (times: readonly number[], length: number): number =>
    Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + length).length));

  test.each([
    ["that are cut off at once", () => browser.server.dropConnections(), 4_800],
    ["whose server says goodbye", () => browser.server.push({ t: "bye", code: "restart" }), 19_200],
  ])("%s connect again at random moments, within a part of the beat", async (_, lose, within) => {
    const tickets = await connectMany(480_000);
    lose();
    await settle(within + 100);
    expect(tickets).toHaveLength(PAGES);
    expect(busiest(tickets, within / 10)).toBeLessThan(PAGES / 3);
  });

  test("that connected at once do not reach the server's hour at once", async () => {
    const tickets = await connectMany(100 * 3_600_000); // without pings
    await settle(49 * 60_000);
    expect(tickets).toHaveLength(0);
    await settle(9 * 60_000 + 500);
    expect(tickets).toHaveLength(PAGES);
    expect(busiest(tickets, 60_000)).toBeLessThan(PAGES / 3);
  });

  test("whose pongs are all dropped connect again at random moments", async () => {
    const tickets = await connectMany(480_000);
    browser.server.answersPings = false;
    await settle(500_000);
    expect(tickets.length).toBeGreaterThanOrEqual(PAGES);
    expect(busiest(tickets.slice(0, PAGES), 6_000)).toBeLessThan(PAGES / 3);
  });
});
