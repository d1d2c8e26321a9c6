import { beforeEach, describe, expect, test } from "vitest";
import { Locks, MemoryStorage } from "./kit/browser";
import { moments, Outbox, type Outcome, randomKey, SPREAD, type Unsent, type Way } from "./outbox";
import { drawer } from "./storage";

let storage: MemoryStorage;
let locks: Locks;
let posted: Unsent[];
let kept: Map<string, string>;
let answers: Outcome[];

/** A server that keeps each key once, and answers as told, else that it is kept. */
async function deliver(item: Unsent): Promise<Outcome> {
  posted.push(item);
  await Promise.resolve();
  const outcome = answers.shift() ?? { t: "kept" };
  if (outcome.t === "kept" && !kept.has(item.key)) kept.set(item.key, item.text);
  return outcome;
}

const tab = (way: Partial<Way> = {}): Outbox =>
  new Outbox({
    drawer: drawer(storage, "user:uma"),
    deliver,
    alone: (name, run) => locks.request(name, run),
    pause: () => Promise.resolve(),
    random: () => 0.5,
    ...way,
  });

const log = () => [...kept.values()];
const texts = (outbox: Outbox) => outbox.items.value.map((item) => item.text);

beforeEach(() => {
  storage = new MemoryStorage();
  locks = new Locks();
  posted = [];
  kept = new Map();
  answers = [];
});

describe("what is written is not lost", () => {
  test("a message is stored before it leaves", async () => {
    let stored: string[] = [];
    const outbox = tab({ deliver: async (item) => ((stored = texts(tab())), deliver(item)) });
    await outbox.add("exam", "Hello");
    expect(stored).toEqual(["Hello"]);
    expect(texts(outbox)).toEqual([]);
    expect(storage.length).toBe(0);
  });

  test("a page that is closed before the answer leaves the message to the next page, under the same key", async () => {
    answers = [{ t: "lost" }];
    await tab().add("exam", "Hello");
    const next = tab();
    expect(texts(next)).toEqual(["Hello"]);
    await next.flush("exam");
    expect(posted.map((item) => item.key)).toEqual([posted[0]?.key, posted[0]?.key]);
    expect(log()).toEqual(["Hello"]);
  });

  test("where the browser cannot store, the page itself keeps it until it is sent", async () => {
    storage.full = true;
    answers = [{ t: "lost" }];
    const outbox = tab();
    await outbox.add("exam", "Hello");
    expect(texts(outbox)).toEqual(["Hello"]);
    await outbox.drain("exam");
    expect([texts(outbox), log()]).toEqual([[], ["Hello"]]);
  });

  test("what another version of the site stored and nobody can read is passed over", () => {
    storage.setItem("user:uma:outbox:broken", "{");
    expect(texts(tab())).toEqual([]);
  });
});

describe("order", () => {
  test("one message a thread is under way at a time, in the order they were written", async () => {
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
    await Promise.all(["1", "2", "3"].map((text) => outbox.add("exam", text)));
    expect(log()).toEqual(["1", "2", "3"]);
    expect(most).toBe(1);
  });

  test("two tabs of one account send each message once, one tab at a time", async () => {
    const [one, two] = [tab(), tab()];
    const adding = one.add("exam", "Hello");
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
    await one.add("exam", "First");
    two.reread();
    await two.add("exam", "Second");
    await one.flush("exam");
    expect(log()).toEqual(["First", "Second"]);
  });
});

describe("a message the server does not take", () => {
  test("stays, says why, and lets the next ones pass", async () => {
    answers = [{ t: "refused", sentence: "This thread has ended." }];
    const outbox = tab();
    await outbox.add("exam", "Late");
    await outbox.add("exam", "Later");
    expect(outbox.items.value.map(({ text, refused }) => [text, refused])).toEqual([["Late", "This thread has ended."]]);
    expect(log()).toEqual(["Later"]);
  });

  test("is tried again under the same key when its writer says so", async () => {
    answers = [{ t: "refused", sentence: "No." }];
    const outbox = tab();
    await outbox.add("exam", "Hello");
    const key = outbox.items.value[0]?.key ?? "";
    await outbox.retry(key);
    expect(posted.map((item) => item.key)).toEqual([key, key]);
    expect([texts(outbox), log()]).toEqual([[], ["Hello"]]);
  });

  test("is discarded when its writer says so", async () => {
    answers = [{ t: "refused", sentence: "No." }];
    const outbox = tab();
    await outbox.add("exam", "Hello");
    outbox.remove(outbox.items.value[0]?.key ?? "");
    expect([texts(outbox), storage.length]).toEqual([[], 0]);
  });

  test("stays discarded, though the refusal arrives later", async () => {
    const outbox = tab({
      deliver: async (item) => {
        tab().remove(item.key); // in another tab
        return { t: "refused", sentence: "No." };
      },
    });
    await outbox.add("exam", "Hello");
    expect([texts(outbox), storage.length]).toEqual([[], 0]);
  });

  test("is not tried by itself after a reconnect", async () => {
    answers = [{ t: "refused", sentence: "No." }];
    const outbox = tab();
    await outbox.add("exam", "Hello");
    await outbox.flush("exam");
    expect(posted).toHaveLength(1);
  });

  test("for now is tried again after longer and longer pauses, then left to its writer", async () => {
    const pauses: number[] = [];
    answers = Array.from({ length: 4 }, () => ({ t: "wait" }) as const);
    const outbox = tab({ pause: async (ms) => void pauses.push(ms) });
    await outbox.add("exam", "Hello");
    expect(pauses).toEqual([2_000, 5_000, 10_000]);
    expect(outbox.items.value[0]?.refused).toBe("");
  });
});

describe("after a reconnect", () => {
  test("threads are not emptied together: each leaves at its own moment, within 20 seconds", async () => {
    const draws = [0.9, 0.1];
    const pauses: number[] = [];
    answers = [{ t: "lost" }, { t: "lost" }];
    const outbox = tab({ pause: async (ms) => void pauses.push(ms), random: () => draws.shift() ?? 0 });
    await outbox.add("exam", "1");
    await outbox.add("loan", "2");
    await outbox.flush("exam");
    expect(pauses).toEqual([18_000, 2_000]);
    expect(log().sort()).toEqual(["1", "2"]);
  });

  test("a thread alone leaves at once if it is the open one, else at a random moment too", () => {
    expect([...moments(["exam"], "exam", () => 0.5)]).toEqual([["exam", 0]]);
    expect([...moments(["exam"], "loan", () => 0.5)]).toEqual([["exam", SPREAD / 2]]);
    expect([...moments(["exam", "loan"], "exam", () => 0.25).values()]).toEqual([SPREAD / 4, SPREAD / 4]);
  });
});

describe("signing out", () => {
  test("leaves nothing of this party in the browser, and what other parties stored", async () => {
    answers = [{ t: "lost" }];
    const outbox = tab();
    await outbox.add("exam", "Hello");
    storage.setItem("user:tomas:outbox:k", "theirs");
    outbox.clear();
    expect(Object.keys(storage).filter((name) => name.includes("outbox"))).toEqual(["user:tomas:outbox:k"]);
    expect(texts(outbox)).toEqual([]);
  });

  test("ends what is under way: nothing more leaves, and nothing is stored again", async () => {
    answers = [{ t: "wait" }];
    const outbox = tab({ pause: async () => outbox.clear() });
    await outbox.add("exam", "Hello");
    expect(posted).toHaveLength(1);
    expect(storage.length).toBe(0);
  });

  test("stores nothing that is refused after it", async () => {
    const outbox = tab({
      deliver: async () => {
        outbox.clear();
        return { t: "refused", sentence: "No." };
      },
    });
    await outbox.add("exam", "Hello");
    expect(storage.length).toBe(0);
  });
});

test("a key is 24 letters that the server takes, and never twice the same", () => {
  const keys = Array.from({ length: 500 }, randomKey);
  for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9_-]{24}$/);
  expect(new Set(keys).size).toBe(500);
});
