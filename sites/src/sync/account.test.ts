import { beforeEach, describe, expect, test } from "vitest";
import { Locks, MemoryStorage } from "../../testing/fake-browser";
import { route } from "../browser/route";
import { type Account, openAccount } from "./account";
import { newIdempotencyKey } from "./idempotency-key";
import type { DeliveryOutcome, OutboxItem } from "./outbox";

let storage: MemoryStorage;
let locks: Locks;
let posted: OutboxItem[];
let answers: (DeliveryOutcome | Promise<DeliveryOutcome>)[];

const ANN = { client: "user", party: "party of ann", subject: "subject of ann" };
const RAISE = "raise:law";

const open = (who = ANN): Promise<Account> =>
  openAccount(who, storage, {
    deliver: async (item) => (posted.push(item), answers.shift() ?? { t: "accepted", thread: `thread of ${item.key}` }),
    withLock: (name, run) => locks.request(name, () => run(false)),
    sleep: () => Promise.resolve(),
    random: () => 0.5,
    newKey: newIdempotencyKey,
  });

/** Write a raise. */
const write = (account: Account, text: string, subject = "About") => account.drafts.write(RAISE, { text, subject });
const sent = () => posted.map(({ text }) => text);

beforeEach(() => {
  storage = new MemoryStorage();
  locks = new Locks();
  posted = [];
  answers = [];
});

describe("what an account keeps in a browser", () => {
  test("can be read only with the account's subject", async () => {
    const account = await open();
    account.drafts.write("exam", { text: "a secret", subject: "" });
    answers = [{ t: "no_answer" }];
    account.drafts.write("loan", { text: "another", subject: "" });
    account.send("message", "loan");
    await Promise.resolve();
    const raw = Object.keys(storage)
      .map((name) => storage.getItem(name))
      .join(" ");
    expect([raw.includes("secret"), raw.includes("another")]).toEqual([false, false]);
    const stranger = await open({ ...ANN, subject: "subject of bob" });
    expect([stranger.drafts.get("exam").text, stranger.outbox.items.value]).toEqual(["", []]);
    const back = await open();
    expect([back.drafts.get("exam").text, back.outbox.items.value.map(({ text }) => text)]).toEqual([
      "a secret",
      ["another"],
    ]);
  });

  test("is not another account's", async () => {
    (await open()).drafts.write("exam", { text: "mine", subject: "" });
    const bob = await open({ client: "user", party: "party of bob", subject: "subject of bob" });
    expect([bob.drafts.get("exam").text, bob.drafts.targets.value]).toEqual(["", []]);
  });

  test("is removed when the account signs out", async () => {
    const account = await open();
    write(account, "Hello");
    account.clear();
    expect([storage.length, account.hasStoredText]).toEqual([0, false]);
  });

  test("is migrated from the version that stored it unencrypted, with the keys of pending items", async () => {
    storage.setItem("user:party of ann:draft:exam", "begun");
    storage.setItem(`user:party of ann:draft:${RAISE}`, JSON.stringify({ key: "k", subject: "About", text: "asked" }));
    const item = { key: "key of a message", thread: "loan", text: "sent", n: 1, refused: null };
    storage.setItem("user:party of ann:outbox:key of a message", JSON.stringify(item));
    storage.setItem("nobody:draft:exam", "of whoever was here");
    const account = await open();
    expect([
      account.drafts.get("exam").text,
      account.drafts.get(RAISE).text,
      account.drafts.get(RAISE).subject,
    ]).toEqual(["begun", "asked", "About"]);
    expect(account.outbox.items.value.map(({ key, about, text }) => [key, about, text])).toEqual([
      ["key of a message", "loan", "sent"],
    ]);
    expect(Object.keys(storage).filter((name) => name.includes(":draft:") || name.includes(":outbox:"))).toEqual([]);
  });
});

describe("a raise", () => {
  test("empties the form when the server confirms it", async () => {
    const account = await open();
    write(account, "Hello");
    expect(await account.raise("law")).toMatchObject({ t: "accepted" });
    expect([account.drafts.get(RAISE).text, account.outbox.items.value, storage.length]).toEqual(["", [], 0]);
  });

  test("that is refused keeps the text, and the next attempt has another key", async () => {
    answers = [{ t: "refused", sentence: "Five." }];
    const account = await open();
    write(account, "Hello");
    expect(await account.raise("law")).toEqual({ t: "refused", sentence: "Five." });
    expect([account.drafts.get(RAISE).text, account.outbox.items.value]).toEqual(["Hello", []]);
    await account.raise("law");
    expect(new Set(posted.map(({ key }) => key)).size).toBe(2);
  });

  test("whose answer was lost keeps the text in the form, and is repeated with its own key", async () => {
    answers = [{ t: "no_answer" }];
    const account = await open();
    write(account, "Hello");
    expect(await account.raise("law")).toEqual({ t: "unknown" });
    expect(account.drafts.get(RAISE).text).toBe("Hello");
    expect(await (await open()).raise("law")).toMatchObject({ t: "accepted" });
    expect([sent(), new Set(posted.map(({ key }) => key)).size]).toEqual([["Hello", "Hello"], 1]);
  });

  test("whose page was closed before the answer keeps its key when the next attempt is refused for now", async () => {
    answers = [new Promise(() => undefined), { t: "refused", sentence: "Busy." }];
    const closed = await open();
    write(closed, "Hello");
    void closed.raise("law");
    await new Promise((resolve) => setTimeout(resolve));
    expect(posted.length).toBe(1);
    locks = new Locks(); // the page is gone, and its locks with it
    const account = await open();
    expect(await account.raise("law")).toEqual({ t: "unknown" });
    expect(await account.raise("law")).toMatchObject({ t: "accepted" });
    expect(new Set(posted.map(({ key }) => key)).size).toBe(1);
  });

  test("whose answer was lost and whose text was changed since is repeated as it was: the change is a draft in its thread", async () => {
    answers = [{ t: "no_answer" }];
    const account = await open();
    write(account, "Hello");
    await account.raise("law");
    write(account, "Hello, and more", "About it");
    const result = await account.raise("law");
    expect(sent()).toEqual(["Hello", "Hello"]);
    const thread = result.t === "accepted" ? result.thread : "";
    expect([account.drafts.get(thread).text, account.drafts.get(RAISE).text]).toEqual([
      "About it\n\nHello, and more",
      "",
    ]);
    expect(account.confirmedRaise.value).toMatchObject({ school: "law", thread, changed: true });
  });

  test("whose answer was lost and that the server does not have is sent with its changed text, under another key", async () => {
    answers = [{ t: "no_answer" }, { t: "refused", sentence: "Five.", decided: true }];
    const account = await open();
    write(account, "Hello");
    await account.raise("law");
    write(account, "Changed");
    expect(await account.raise("law")).toMatchObject({ t: "accepted" });
    expect([sent(), new Set(posted.map(({ key }) => key)).size]).toEqual([["Hello", "Hello", "Changed"], 2]);
  });

  test("does not count as refused while an earlier attempt may have been accepted", async () => {
    answers = [{ t: "no_answer" }, { t: "retry_later", sentence: "Too fast." }];
    const account = await open();
    write(account, "Hello");
    await account.raise("law");
    expect(await account.raise("law")).toEqual({ t: "unknown" });
  });

  test("that was not sent is discarded: the form can be changed and sent", async () => {
    answers = [{ t: "no_answer", sent: false }];
    const account = await open();
    write(account, "Hello");
    expect(await account.raise("law")).toEqual({ t: "not_sent" });
    expect(account.outbox.items.value).toEqual([]);
  });

  test("is confirmed by a frame or the history if its answer was lost", async () => {
    answers = [{ t: "no_answer" }];
    const account = await open();
    write(account, "Hello");
    await account.raise("law");
    account.outbox.confirm(posted[0]?.key ?? "", "thread");
    expect([account.drafts.get(RAISE).text, account.confirmedRaise.value]).toEqual([
      "",
      { school: "law", thread: "thread", changed: false, shownBy: route.peek() },
    ]);
  });

  test("of two tabs at once happens once", async () => {
    const [one, two] = [await open(), await open()];
    write(one, "Hello");
    expect(two.drafts.get(RAISE).text).toBe("Hello");
    const results = await Promise.all([one.raise("law"), two.raise("law")]);
    expect([sent(), results.map(({ t }) => t)]).toEqual([["Hello"], ["accepted", "changed"]]);
  });
});

test("sending a message or a note empties the draft, and sends once", async () => {
  const account = await open();
  account.drafts.write("note:exam", { text: "Ask", subject: "" });
  expect(account.send("note", "exam")).toBe(true);
  await locks.request("act.note:exam", () => undefined);
  expect([sent(), account.drafts.get("note:exam").text, storage.length]).toEqual([["Ask"], "", 0]);
});
