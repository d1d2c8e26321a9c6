import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { alone } from "../alone";
import { Locks, MemoryStorage } from "../kit/browser";
import { drawer } from "../storage";
import { randomKey, RetryKey } from "./keys";
import { type Delivery, moments, type Outcome, type PendingAct, PendingActs, SPREAD } from "./pending-acts";

let storage: MemoryStorage;
let posted: PendingAct[];
let kept: Map<string, string>;
let answers: Outcome[];

/** A server that keeps each key once, and answers as told, else that it is kept. */
async function deliver(item: PendingAct): Promise<Outcome> {
  posted.push(item);
  await Promise.resolve();
  const outcome = answers.shift() ?? { t: "kept" };
  if (outcome.t === "kept" && !kept.has(item.key)) kept.set(item.key, item.text);
  return outcome;
}

const tab = (way: Partial<Delivery> = {}) =>
  new PendingActs(drawer(storage, "user:uma"), {
    deliver,
    alone,
    pause: () => Promise.resolve(),
    random: () => 0.5,
    newKey: randomKey,
    ...way,
  });

/** Add a message and send it. */
async function send(acts: PendingActs, thread: string, text: string): Promise<void> {
  acts.add("message", thread, { text, subject: "" });
  await acts.drain(thread);
}

const log = () => [...kept.values()];
const texts = (acts: PendingActs) => acts.items.value.map((item) => item.text);

beforeEach(() => {
  storage = new MemoryStorage();
  vi.stubGlobal("navigator", { locks: new Locks() });
  posted = [];
  kept = new Map();
  answers = [];
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("what is written is not lost", () => {
  test("a message is stored before it leaves", async () => {
    let stored: string[] = [];
    const acts = tab({ deliver: async (item) => ((stored = texts(tab())), deliver(item)) });
    await send(acts, "exam", "Hello");
    expect(stored).toEqual(["Hello"]);
    expect(texts(acts)).toEqual([]);
    expect(storage.length).toBe(0);
  });

  test("a page that is closed before the answer leaves the message to the next page, under the same key", async () => {
    answers = [{ t: "lost" }];
    await send(tab(), "exam", "Hello");
    const next = tab();
    expect(texts(next)).toEqual(["Hello"]);
    await next.flush("exam");
    expect(posted.map((item) => item.key)).toEqual([posted[0]?.key, posted[0]?.key]);
    expect(log()).toEqual(["Hello"]);
  });

  test("where the browser cannot store, the page itself keeps it until it is sent", async () => {
    storage.full = true;
    answers = [{ t: "lost" }];
    const acts = tab();
    await send(acts, "exam", "Hello");
    expect(texts(acts)).toEqual(["Hello"]);
    await acts.drain("exam");
    expect([texts(acts), log()]).toEqual([[], ["Hello"]]);
  });

  test("what another version of the site stored and nobody can read is passed over", () => {
    storage.setItem("user:uma:act.broken", "{");
    expect(texts(tab())).toEqual([]);
  });
});

describe("order", () => {
  test("one message a thread is under way at a time, in the order they were written", async () => {
    let under = 0;
    let most = 0;
    const acts = tab({
      deliver: async (item) => {
        most = Math.max(most, ++under);
        const outcome = await deliver(item);
        under--;
        return outcome;
      },
    });
    await Promise.all(["1", "2", "3"].map((text) => send(acts, "exam", text)));
    expect(log()).toEqual(["1", "2", "3"]);
    expect(most).toBe(1);
  });

  test("two tabs of one account send each message once, one tab at a time", async () => {
    const [one, two] = [tab(), tab()];
    const adding = send(one, "exam", "Hello");
    two.reread(); // as the storage event tells it
    await Promise.all([adding, two.drain("exam"), two.flush("exam")]);
    expect(posted).toHaveLength(1);
    expect(log()).toEqual(["Hello"]);
    two.reread();
    expect(texts(two)).toEqual([]);
  });

  test("messages written in two tabs keep their order", async () => {
    answers = [{ t: "lost" }, { t: "lost" }];
    const [one, two] = [tab(), tab()];
    await send(one, "exam", "First");
    two.reread();
    await send(two, "exam", "Second");
    await one.flush("exam");
    expect(log()).toEqual(["First", "Second"]);
  });
});

describe("a message the server does not take", () => {
  test("stays, says why, and lets the next ones pass", async () => {
    answers = [{ t: "refused", sentence: "This thread has ended." }];
    const acts = tab();
    await send(acts, "exam", "Late");
    await send(acts, "exam", "Later");
    expect(acts.items.value.map(({ text, refused }) => [text, refused])).toEqual([["Late", "This thread has ended."]]);
    expect(log()).toEqual(["Later"]);
  });

  test("is tried again under the same key when its writer says so", async () => {
    answers = [{ t: "refused", sentence: "No." }];
    const acts = tab();
    await send(acts, "exam", "Hello");
    const key = acts.items.value[0]?.key ?? "";
    await acts.retry(key);
    expect(posted.map((item) => item.key)).toEqual([key, key]);
    expect([texts(acts), log()]).toEqual([[], ["Hello"]]);
  });

  test("is discarded when its writer says so", async () => {
    answers = [{ t: "refused", sentence: "No." }];
    const acts = tab();
    await send(acts, "exam", "Hello");
    acts.discard(acts.items.value[0]?.key ?? "");
    expect([texts(acts), storage.length]).toEqual([[], 0]);
  });

  test("stays discarded, though the refusal arrives later", async () => {
    const acts = tab({
      deliver: async (item) => {
        tab().discard(item.key); // in another tab
        return { t: "refused", sentence: "No." };
      },
    });
    await send(acts, "exam", "Hello");
    expect([texts(acts), storage.length]).toEqual([[], 0]);
  });

  test("is not tried by itself after a reconnect", async () => {
    answers = [{ t: "refused", sentence: "No." }];
    const acts = tab();
    await send(acts, "exam", "Hello");
    await acts.flush("exam");
    expect(posted).toHaveLength(1);
  });

  test("for now is tried again after longer and longer pauses, then left to its writer", async () => {
    const pauses: number[] = [];
    answers = Array.from({ length: 4 }, () => ({ t: "wait" }) as const);
    const acts = tab({ pause: async (ms) => void pauses.push(ms) });
    await send(acts, "exam", "Hello");
    expect(pauses).toEqual([2_000, 5_000, 10_000]);
    expect(acts.items.value[0]?.refused).toBe("");
  });
});

describe("after a reconnect", () => {
  test("threads are not emptied together: each leaves at its own moment, within 20 seconds", async () => {
    const draws = [0.9, 0.1];
    const pauses: number[] = [];
    answers = [{ t: "lost" }, { t: "lost" }];
    const acts = tab({ pause: async (ms) => void pauses.push(ms), random: () => draws.shift() ?? 0 });
    await send(acts, "exam", "1");
    await send(acts, "loan", "2");
    await acts.flush("exam");
    expect(pauses).toEqual([18_000, 2_000]);
    expect(log().sort()).toEqual(["1", "2"]);
  });

  test("a thread alone leaves at once if it is the open one, else at a random moment too", () => {
    expect([...moments(["exam"], "exam", () => 0.5)]).toEqual([["exam", 0]]);
    expect([...moments(["exam"], "loan", () => 0.5)]).toEqual([["exam", SPREAD / 2]]);
    expect([...moments(["exam", "loan"], "exam", () => 0.25).values()]).toEqual([SPREAD / 4, SPREAD / 4]);
  });
});

describe("when another tab notices late that its connection is gone", () => {
  const draws = [0.1, 0.15, 0.7, 0.3];
  const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  let left: [string, number][];
  let notice: () => void;

  /** A tab whose acts leave at moments that the test sees. */
  const live = () => {
    const random = [...draws];
    return tab({
      pause,
      random: () => random.shift() ?? 0.5,
      deliver: (act) => (left.push([act.about, Date.now()]), deliver(act)),
    });
  };

  /** A tab with a half-open connection: it has sent a message in each of two threads, and waits for both answers. */
  const halfOpen = () => {
    const over = new Promise<void>((resolve) => (notice = resolve));
    const one = tab({ pause, deliver: () => over.then(() => ({ t: "lost" }) as const) });
    for (const thread of ["exam", "loan"]) void send(one, thread, "Hello");
  };

  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
    left = [];
    halfOpen();
  });

  test("what this tab sends for it after a reconnect leaves each thread at its own moment", async () => {
    const two = live();
    await vi.advanceTimersByTimeAsync(0);
    void two.flush("exam"); // its two moments pass while the other tab holds both threads
    await vi.advanceTimersByTimeAsync(10_000);
    notice();
    await vi.advanceTimersByTimeAsync(SPREAD);
    expect(left).toEqual([
      ["loan", 10_000 + 0.3 * SPREAD],
      ["exam", 10_000 + 0.7 * SPREAD],
    ]);
  });

  test("what this tab would send if the other died leaves each thread at its own moment", async () => {
    const two = live();
    await vi.advanceTimersByTimeAsync(0);
    for (const thread of ["exam", "loan"]) void two.drain(thread);
    await vi.advanceTimersByTimeAsync(10_000);
    notice();
    await vi.advanceTimersByTimeAsync(SPREAD);
    expect(left).toEqual([
      ["exam", 10_000 + 0.1 * SPREAD],
      ["loan", 10_000 + 0.15 * SPREAD],
    ]);
  });

  test("what had to wait and is sent by then needs no moment more", async () => {
    const pauses: number[] = [];
    const [one, two] = [tab(), tab({ pause: async (ms) => void pauses.push(ms) })];
    const adding = send(one, "room", "Hello");
    two.reread();
    await Promise.all([adding, two.drain("room")]);
    expect([log(), pauses]).toEqual([["Hello"], []]);
  });
});

test("what another tab has just stored leaves at once only where no other place waits", async () => {
  const pauses: number[] = [];
  const acts = tab({ pause: async (ms) => void pauses.push(ms) });
  acts.add("message", "exam", { text: "Hello", subject: "" });
  await acts.takeOver("exam");
  expect([log(), pauses]).toEqual([["Hello"], []]);
  for (const thread of ["exam", "loan"]) acts.add("message", thread, { text: thread, subject: "" });
  await acts.takeOver("exam");
  expect([log(), pauses]).toEqual([["Hello", "exam"], [SPREAD / 2]]);
});

describe("signing out", () => {
  test("leaves nothing of this party in the browser, and what other parties stored", async () => {
    answers = [{ t: "lost" }];
    const acts = tab();
    await send(acts, "exam", "Hello");
    storage.setItem("user:tomas:act.k", "theirs");
    acts.clear();
    expect(Object.keys(storage).filter((name) => name.includes("act."))).toEqual(["user:tomas:act.k"]);
    expect(texts(acts)).toEqual([]);
  });

  test("ends what is under way: nothing more leaves, and nothing is stored again", async () => {
    answers = [{ t: "wait" }];
    const acts = tab({ pause: async () => acts.clear() });
    await send(acts, "exam", "Hello");
    expect(posted).toHaveLength(1);
    expect(storage.length).toBe(0);
  });

  test("stores nothing that is refused after it", async () => {
    const acts = tab({
      deliver: async () => {
        acts.clear();
        return { t: "refused", sentence: "No." };
      },
    });
    await send(acts, "exam", "Hello");
    expect(storage.length).toBe(0);
  });
});

describe("an act whose answer was lost", () => {
  test("is marked: the server may have it", async () => {
    answers = [{ t: "lost" }];
    const acts = tab();
    await send(acts, "exam", "Hello");
    expect(acts.items.value.map(({ unsure }) => unsure)).toEqual([true]);
  });

  test("is not marked if it certainly did not leave", async () => {
    answers = [{ t: "lost", left: false }];
    const acts = tab();
    await send(acts, "exam", "Hello");
    expect(acts.items.value.map(({ unsure }) => unsure)).toEqual([false]);
  });

  test("is done when the history has its key", async () => {
    answers = [{ t: "lost" }];
    const acts = tab();
    await send(acts, "exam", "Hello");
    acts.confirm(acts.items.value[0]?.key ?? "");
    expect([texts(acts), storage.length]).toEqual([[], 0]);
  });
});

test("notes wait beside the messages of their thread, and neither waits for the other", async () => {
  const acts = tab();
  acts.add("note", "exam", { text: "Ask the registrar", subject: "" });
  await send(acts, "exam", "Hello");
  expect([log(), texts(acts)]).toEqual([["Hello"], ["Ask the registrar"]]);
  await acts.flush("");
  expect(log()).toEqual(["Hello", "Ask the registrar"]);
});

test("a raise is repeated by its author alone, who may be changing its text", async () => {
  const acts = tab();
  acts.add("raise", "law", { text: "Hello", subject: "About" });
  await acts.flush("");
  expect([posted, texts(acts)]).toEqual([[], ["Hello"]]);
});

test("what is sent is repaired where it holds half a character", () => {
  const act = tab().add("raise", "law", { text: " It \ud83d broke ", subject: " Two\n lines \udc00" });
  expect([act.text, act.subject]).toEqual(["It \ufffd broke", "Two lines \ufffd"]);
});

test("whether storage took every act is known, and what it did not take is stored when there is room", () => {
  storage.full = true;
  const acts = tab();
  acts.add("note", "exam", { text: "Hello", subject: "" });
  expect([acts.kept.value, acts.isStored]).toEqual([false, false]);
  storage.full = false;
  acts.storeAgain();
  expect([acts.kept.value, acts.isStored]).toEqual([true, true]);
});

describe("a retry key for a form", () => {
  test("stays with its content, and is another for another content", () => {
    const key = new RetryKey();
    const first = key.for("ann@x");
    expect([key.for("ann@x"), key.for("bob@x") === first]).toEqual([first, false]);
  });

  test("is not used again for the same content once it is done", () => {
    const key = new RetryKey();
    const first = key.for("ann@x");
    key.done();
    expect(key.for("ann@x")).not.toBe(first);
  });
});

test("a key is 24 letters that the server takes, and never twice the same", () => {
  const keys = Array.from({ length: 500 }, randomKey);
  for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9_-]{24}$/);
  expect(new Set(keys).size).toBe(500);
});
