import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { withLock } from "../browser/with-lock";
import { Locks, MemoryStorage } from "../../testing/fake-browser";
import { storageNamespace } from "../browser/storage";
import { newIdempotencyKey, IdempotencyKey } from "./idempotency-key";
import { type OutboxPort, scheduleFlush, type DeliveryOutcome, type OutboxItem, Outbox, FLUSH_SPREAD } from "./outbox";

let storage: MemoryStorage;
let posted: OutboxItem[];
let accepted: Map<string, string>;
let answers: DeliveryOutcome[];

/** A server that keeps each key once, and answers as told, else that it is kept. */
async function deliver(item: OutboxItem): Promise<DeliveryOutcome> {
  posted.push(item);
  await Promise.resolve();
  const outcome = answers.shift() ?? { t: "accepted" };
  if (outcome.t === "accepted" && !accepted.has(item.key)) accepted.set(item.key, item.text);
  return outcome;
}

const tab = (port: Partial<OutboxPort> = {}) =>
  new Outbox(storageNamespace(storage, "user:uma"), {
    deliver,
    withLock,
    sleep: () => Promise.resolve(),
    random: () => 0.5,
    newKey: newIdempotencyKey,
    ...port,
  });

/** Add a message and send it. */
async function send(outbox: Outbox, thread: string, text: string): Promise<void> {
  outbox.add("message", thread, { text, subject: "" });
  await outbox.sendAll(thread);
}

const log = () => [...accepted.values()];
const texts = (outbox: Outbox) => outbox.items.value.map((item) => item.text);

beforeEach(() => {
  storage = new MemoryStorage();
  vi.stubGlobal("navigator", { locks: new Locks() });
  posted = [];
  accepted = new Map();
  answers = [];
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("an item is not lost", () => {
  test("a message is stored before it is sent", async () => {
    let stored: string[] = [];
    const outbox = tab({ deliver: async (item) => ((stored = texts(tab())), deliver(item)) });
    await send(outbox, "exam", "Hello");
    expect(stored).toEqual(["Hello"]);
    expect(texts(outbox)).toEqual([]);
    expect(storage.length).toBe(0);
  });

  test("if the page is closed before the answer, the next page sends the message under the same key", async () => {
    answers = [{ t: "no_answer" }];
    await send(tab(), "exam", "Hello");
    const next = tab();
    expect(texts(next)).toEqual(["Hello"]);
    await next.flush("exam");
    expect(posted.map((item) => item.key)).toEqual([posted[0]?.key, posted[0]?.key]);
    expect(log()).toEqual(["Hello"]);
  });

  test("if storage is full, the message lasts in memory until it is sent", async () => {
    storage.full = true;
    answers = [{ t: "no_answer" }];
    const outbox = tab();
    await send(outbox, "exam", "Hello");
    expect(texts(outbox)).toEqual(["Hello"]);
    await outbox.sendAll("exam");
    expect([texts(outbox), log()]).toEqual([[], ["Hello"]]);
  });

  test("a stored item that cannot be read is ignored", () => {
    storage.setItem("user:uma:act.broken", "{");
    expect(texts(tab())).toEqual([]);
  });
});

describe("order", () => {
  test("the messages of a thread are sent one at a time, in order", async () => {
    let under = 0;
    let most = 0;
    const outbox = tab({
      deliver: async (item) => {
        most = Math.max(most, ++under);
        const outcome = await deliver(item);
        under--;
        return outcome;
      },
    });
    await Promise.all(["1", "2", "3"].map((text) => send(outbox, "exam", text)));
    expect(log()).toEqual(["1", "2", "3"]);
    expect(most).toBe(1);
  });

  test("two tabs of one account send each message once, one tab at a time", async () => {
    const [one, two] = [tab(), tab()];
    const adding = send(one, "exam", "Hello");
    two.reload(); // as the storage event tells it
    await Promise.all([adding, two.sendAll("exam"), two.flush("exam")]);
    expect(posted).toHaveLength(1);
    expect(log()).toEqual(["Hello"]);
    two.reload();
    expect(texts(two)).toEqual([]);
  });

  test("messages written in two tabs keep their order", async () => {
    answers = [{ t: "no_answer" }, { t: "no_answer" }];
    const [one, two] = [tab(), tab()];
    await send(one, "exam", "First");
    two.reload();
    await send(two, "exam", "Second");
    await one.flush("exam");
    expect(log()).toEqual(["First", "Second"]);
  });
});

describe("a message that the server refuses", () => {
  test("stays, says why, and the next ones are sent", async () => {
    answers = [{ t: "refused", sentence: "This thread has ended." }];
    const outbox = tab();
    await send(outbox, "exam", "Late");
    await send(outbox, "exam", "Later");
    expect(outbox.items.value.map(({ text, refused }) => [text, refused])).toEqual([
      ["Late", "This thread has ended."],
    ]);
    expect(log()).toEqual(["Later"]);
  });

  test("is sent again under the same key when its author retries", async () => {
    answers = [{ t: "refused", sentence: "No." }];
    const outbox = tab();
    await send(outbox, "exam", "Hello");
    const key = outbox.items.value[0]?.key ?? "";
    await outbox.retry(key);
    expect(posted.map((item) => item.key)).toEqual([key, key]);
    expect([texts(outbox), log()]).toEqual([[], ["Hello"]]);
  });

  test("is removed when its author discards it", async () => {
    answers = [{ t: "refused", sentence: "No." }];
    const outbox = tab();
    await send(outbox, "exam", "Hello");
    outbox.discard(outbox.items.value[0]?.key ?? "");
    expect([texts(outbox), storage.length]).toEqual([[], 0]);
  });

  test("stays discarded if the refusal arrives later", async () => {
    const outbox = tab({
      deliver: async (item) => {
        tab().discard(item.key); // in another tab
        return { t: "refused", sentence: "No." };
      },
    });
    await send(outbox, "exam", "Hello");
    expect([texts(outbox), storage.length]).toEqual([[], 0]);
  });

  test("is not sent again after a reconnect", async () => {
    answers = [{ t: "refused", sentence: "No." }];
    const outbox = tab();
    await send(outbox, "exam", "Hello");
    await outbox.flush("exam");
    expect(posted).toHaveLength(1);
  });

  test("for now is sent again after longer and longer pauses, and then waits for its author", async () => {
    const pauses: number[] = [];
    answers = Array.from({ length: 4 }, () => ({ t: "retry_later" }) as const);
    const outbox = tab({ sleep: async (ms) => void pauses.push(ms) });
    await send(outbox, "exam", "Hello");
    expect(pauses).toEqual([2_000, 5_000, 10_000]);
    expect(outbox.items.value[0]?.refused).toBe("");
  });
});

describe("after a reconnect", () => {
  test("threads are not emptied together: each leaves at its own moment, within 20 seconds", async () => {
    const draws = [0.9, 0.1];
    const pauses: number[] = [];
    answers = [{ t: "no_answer" }, { t: "no_answer" }];
    const outbox = tab({ sleep: async (ms) => void pauses.push(ms), random: () => draws.shift() ?? 0 });
    await send(outbox, "exam", "1");
    await send(outbox, "loan", "2");
    await outbox.flush("exam");
    expect(pauses).toEqual([18_000, 2_000]);
    expect(log().sort()).toEqual(["1", "2"]);
  });

  test("a single thread is sent at once if it is open, and otherwise at a random time", () => {
    expect([...scheduleFlush(["exam"], "exam", () => 0.5)]).toEqual([["exam", 0]]);
    expect([...scheduleFlush(["exam"], "loan", () => 0.5)]).toEqual([["exam", FLUSH_SPREAD / 2]]);
    expect([...scheduleFlush(["exam", "loan"], "exam", () => 0.25).values()]).toEqual([
      FLUSH_SPREAD / 4,
      FLUSH_SPREAD / 4,
    ]);
  });
});

describe("when another tab notices late that its connection is lost", () => {
  const draws = [0.1, 0.15, 0.7, 0.3];
  const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  let left: [string, number][];
  let notice: () => void;

  /** A tab whose acts leave at moments that the test sees. */
  const live = () => {
    const random = [...draws];
    return tab({
      sleep,
      random: () => random.shift() ?? 0.5,
      deliver: (item) => (left.push([item.about, Date.now()]), deliver(item)),
    });
  };

  /** A tab with a half-open connection: it has sent a message in each of two threads, and waits for both answers. */
  const halfOpen = () => {
    const over = new Promise<void>((resolve) => (notice = resolve));
    const one = tab({ sleep, deliver: () => over.then(() => ({ t: "no_answer" }) as const) });
    for (const thread of ["exam", "loan"]) void send(one, thread, "Hello");
  };

  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
    left = [];
    halfOpen();
  });

  test("this tab sends its items after a reconnect at a random time for each thread", async () => {
    const two = live();
    await vi.advanceTimersByTimeAsync(0);
    void two.flush("exam"); // its two moments pass while the other tab holds both threads
    await vi.advanceTimersByTimeAsync(10_000);
    notice();
    await vi.advanceTimersByTimeAsync(FLUSH_SPREAD);
    expect(left).toEqual([
      ["loan", 10_000 + 0.3 * FLUSH_SPREAD],
      ["exam", 10_000 + 0.7 * FLUSH_SPREAD],
    ]);
  });

  test("this tab sends its items if that tab dies, at a random time for each thread", async () => {
    const two = live();
    await vi.advanceTimersByTimeAsync(0);
    for (const thread of ["exam", "loan"]) void two.sendAll(thread);
    await vi.advanceTimersByTimeAsync(10_000);
    notice();
    await vi.advanceTimersByTimeAsync(FLUSH_SPREAD);
    expect(left).toEqual([
      ["exam", 10_000 + 0.1 * FLUSH_SPREAD],
      ["loan", 10_000 + 0.15 * FLUSH_SPREAD],
    ]);
  });

  test("an item that was sent meanwhile needs no other pause", async () => {
    const pauses: number[] = [];
    const [one, two] = [tab(), tab({ sleep: async (ms) => void pauses.push(ms) })];
    const adding = send(one, "room", "Hello");
    two.reload();
    await Promise.all([adding, two.sendAll("room")]);
    expect([log(), pauses]).toEqual([["Hello"], []]);
  });
});

test("an item that another tab has just stored is sent at once only if no other target waits", async () => {
  const pauses: number[] = [];
  const outbox = tab({ sleep: async (ms) => void pauses.push(ms) });
  outbox.add("message", "exam", { text: "Hello", subject: "" });
  await outbox.sendForOtherTab("exam");
  expect([log(), pauses]).toEqual([["Hello"], []]);
  for (const thread of ["exam", "loan"]) outbox.add("message", thread, { text: thread, subject: "" });
  await outbox.sendForOtherTab("exam");
  expect([log(), pauses]).toEqual([["Hello", "exam"], [FLUSH_SPREAD / 2]]);
});

describe("signing out", () => {
  test("removes the items of this party, and no others", async () => {
    answers = [{ t: "no_answer" }];
    const outbox = tab();
    await send(outbox, "exam", "Hello");
    storage.setItem("user:tomas:act.k", "theirs");
    outbox.clear();
    expect(Object.keys(storage).filter((name) => name.includes("act."))).toEqual(["user:tomas:act.k"]);
    expect(texts(outbox)).toEqual([]);
  });

  test("stops the outbox: nothing more is sent or stored", async () => {
    answers = [{ t: "retry_later" }];
    const outbox = tab({ sleep: async () => outbox.clear() });
    await send(outbox, "exam", "Hello");
    expect(posted).toHaveLength(1);
    expect(storage.length).toBe(0);
  });

  test("stores no item that is refused afterwards", async () => {
    const outbox = tab({
      deliver: async () => {
        outbox.clear();
        return { t: "refused", sentence: "No." };
      },
    });
    await send(outbox, "exam", "Hello");
    expect(storage.length).toBe(0);
  });
});

describe("an item whose answer was lost", () => {
  test("is marked as unsure", async () => {
    answers = [{ t: "no_answer" }];
    const outbox = tab();
    await send(outbox, "exam", "Hello");
    expect(outbox.items.value.map(({ unsure }) => unsure)).toEqual([true]);
  });

  test("is not marked if it was certainly not sent", async () => {
    answers = [{ t: "no_answer", sent: false }];
    const outbox = tab();
    await send(outbox, "exam", "Hello");
    expect(outbox.items.value.map(({ unsure }) => unsure)).toEqual([false]);
  });

  test("is confirmed when the history has its key", async () => {
    answers = [{ t: "no_answer" }];
    const outbox = tab();
    await send(outbox, "exam", "Hello");
    outbox.confirm(outbox.items.value[0]?.key ?? "");
    expect([texts(outbox), storage.length]).toEqual([[], 0]);
  });
});

test("notes and messages of a thread do not wait for each other", async () => {
  const outbox = tab();
  outbox.add("note", "exam", { text: "Ask the registrar", subject: "" });
  await send(outbox, "exam", "Hello");
  expect([log(), texts(outbox)]).toEqual([["Hello"], ["Ask the registrar"]]);
  await outbox.flush("");
  expect(log()).toEqual(["Hello", "Ask the registrar"]);
});

test("a raise is not repeated without its author, who may be changing its text", async () => {
  const outbox = tab();
  outbox.add("raise", "law", { text: "Hello", subject: "About" });
  await outbox.flush("");
  expect([posted, texts(outbox)]).toEqual([[], ["Hello"]]);
});

test("a lone surrogate is replaced before a text is sent", () => {
  const item = tab().add("raise", "law", { text: " It \ud83d broke ", subject: " Two\n lines \udc00" });
  expect([item.text, item.subject]).toEqual(["It \ufffd broke", "Two lines \ufffd"]);
});

test("items that do not fit into storage are reported, and stored when there is room", () => {
  storage.full = true;
  const outbox = tab();
  outbox.add("note", "exam", { text: "Hello", subject: "" });
  expect([outbox.isPersisted.value, outbox.hasStoredItems]).toEqual([false, false]);
  storage.full = false;
  outbox.persistUnstored();
  expect([outbox.isPersisted.value, outbox.hasStoredItems]).toEqual([true, true]);
});

describe("the idempotency key of a form", () => {
  test("stays for the same content, and changes with the content", () => {
    const key = new IdempotencyKey();
    const first = key.for("ann@x");
    expect([key.for("ann@x"), key.for("bob@x") === first]).toEqual([first, false]);
  });

  test("is not used again after it is reset", () => {
    const key = new IdempotencyKey();
    const first = key.for("ann@x");
    key.reset();
    expect(key.for("ann@x")).not.toBe(first);
  });
});

test("a key has 24 valid characters, and is never used twice", () => {
  const keys = Array.from({ length: 500 }, newIdempotencyKey);
  for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9_-]{24}$/);
  expect(new Set(keys).size).toBe(500);
});
