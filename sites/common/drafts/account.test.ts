import { beforeEach, describe, expect, test } from "vitest";
import { Locks, MemoryStorage } from "../kit/browser";
import { type Account, openAccount } from "./account";
import { randomKey } from "./keys";
import type { Outcome, PendingAct } from "./pending-acts";

let storage: MemoryStorage;
let locks: Locks;
let posted: PendingAct[];
let answers: Outcome[];

const ANN = { client: "user", party: "party of ann", subject: "subject of ann" };
const RAISE = "raise:law";

const open = (who = ANN): Promise<Account> =>
  openAccount(who, storage, {
    deliver: async (act) => (posted.push(act), answers.shift() ?? { t: "kept", thread: `thread of ${act.key}` }),
    alone: (name, run) => locks.request(name, () => run(false)),
    pause: () => Promise.resolve(),
    random: () => 0.5,
    newKey: randomKey,
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
  test("cannot be read without its subject, and is there again with it", async () => {
    const account = await open();
    account.drafts.write("exam", { text: "a secret", subject: "" });
    answers = [{ t: "lost" }];
    account.drafts.write("loan", { text: "another", subject: "" });
    account.send("message", "loan");
    await Promise.resolve();
    const raw = Object.keys(storage).map((name) => storage.getItem(name)).join(" ");
    expect([raw.includes("secret"), raw.includes("another")]).toEqual([false, false]);
    const stranger = await open({ ...ANN, subject: "subject of bob" });
    expect([stranger.drafts.of("exam").text, stranger.acts.items.value]).toEqual(["", []]);
    const back = await open();
    expect([back.drafts.of("exam").text, back.acts.items.value.map(({ text }) => text)]).toEqual(["a secret", ["another"]]);
  });

  test("is not another account's", async () => {
    (await open()).drafts.write("exam", { text: "mine", subject: "" });
    const bob = await open({ client: "user", party: "party of bob", subject: "subject of bob" });
    expect([bob.drafts.of("exam").text, bob.drafts.places.value]).toEqual(["", []]);
  });

  test("is gone when it signs out", async () => {
    const account = await open();
    write(account, "Hello");
    account.clear();
    expect([storage.length, account.isStored]).toEqual([0, false]);
  });

  test("is taken over from the version that stored it unencrypted, with the keys of what was under way", async () => {
    storage.setItem("user:party of ann:draft:exam", "begun");
    storage.setItem(`user:party of ann:draft:${RAISE}`, JSON.stringify({ key: "k", subject: "About", text: "asked" }));
    const item = { key: "key of a message", thread: "loan", text: "sent", n: 1, refused: null };
    storage.setItem("user:party of ann:outbox:key of a message", JSON.stringify(item));
    storage.setItem("nobody:draft:exam", "of whoever was here");
    const account = await open();
    expect([account.drafts.of("exam").text, account.drafts.of(RAISE).text, account.drafts.of(RAISE).subject]).toEqual(["begun", "asked", "About"]);
    expect(account.acts.items.value.map(({ key, about, text }) => [key, about, text])).toEqual([["key of a message", "loan", "sent"]]);
    expect(Object.keys(storage).filter((name) => name.includes(":draft:") || name.includes(":outbox:"))).toEqual([]);
  });
});

describe("a raise", () => {
  test("empties the form when the server has it", async () => {
    const account = await open();
    write(account, "Hello");
    expect(await account.raise("law")).toMatchObject({ t: "kept" });
    expect([account.drafts.of(RAISE).text, account.acts.items.value, storage.length]).toEqual(["", [], 0]);
  });

  test("that is refused keeps the text, and the next try is another act", async () => {
    answers = [{ t: "refused", sentence: "Five." }];
    const account = await open();
    write(account, "Hello");
    expect(await account.raise("law")).toEqual({ t: "refused", sentence: "Five." });
    expect([account.drafts.of(RAISE).text, account.acts.items.value]).toEqual(["Hello", []]);
    await account.raise("law");
    expect(new Set(posted.map(({ key }) => key)).size).toBe(2);
  });

  test("whose answer was lost keeps the text in the form, and is repeated with its own key", async () => {
    answers = [{ t: "lost" }];
    const account = await open();
    write(account, "Hello");
    expect(await account.raise("law")).toEqual({ t: "unsure" });
    expect(account.drafts.of(RAISE).text).toBe("Hello");
    expect(await (await open()).raise("law")).toMatchObject({ t: "kept" });
    expect([sent(), new Set(posted.map(({ key }) => key)).size]).toEqual([["Hello", "Hello"], 1]);
  });

  test("whose answer was lost and whose text was changed since is repeated as it was: the change is a draft in its thread", async () => {
    answers = [{ t: "lost" }];
    const account = await open();
    write(account, "Hello");
    await account.raise("law");
    write(account, "Hello, and more", "About it");
    const result = await account.raise("law");
    expect(sent()).toEqual(["Hello", "Hello"]);
    const thread = result.t === "kept" ? result.thread : "";
    expect([account.drafts.of(thread).text, account.drafts.of(RAISE).text]).toEqual(["About it\n\nHello, and more", ""]);
    expect(account.raised.value).toEqual({ school: "law", thread, changed: true });
  });

  test("whose answer was lost and that had not been kept leaves with its changed text, under another key", async () => {
    answers = [{ t: "lost" }, { t: "refused", sentence: "Five.", decided: true }];
    const account = await open();
    write(account, "Hello");
    await account.raise("law");
    write(account, "Changed");
    expect(await account.raise("law")).toMatchObject({ t: "kept" });
    expect([sent(), new Set(posted.map(({ key }) => key)).size]).toEqual([["Hello", "Hello", "Changed"], 2]);
  });

  test("is not said to be refused while an earlier attempt may have been kept", async () => {
    answers = [{ t: "lost" }, { t: "wait", sentence: "Too fast." }];
    const account = await open();
    write(account, "Hello");
    await account.raise("law");
    expect(await account.raise("law")).toEqual({ t: "unsure" });
  });

  test("that did not leave this device is no act: the form may be changed and sent", async () => {
    answers = [{ t: "lost", left: false }];
    const account = await open();
    write(account, "Hello");
    expect(await account.raise("law")).toEqual({ t: "unreached" });
    expect(account.acts.items.value).toEqual([]);
  });

  test("is learnt from a frame or the history, though its answer was lost", async () => {
    answers = [{ t: "lost" }];
    const account = await open();
    write(account, "Hello");
    await account.raise("law");
    account.acts.confirm(posted[0]?.key ?? "", "thread");
    expect([account.drafts.of(RAISE).text, account.raised.value]).toEqual(["", { school: "law", thread: "thread", changed: false }]);
  });

  test("of two tabs at once happens once", async () => {
    const [one, two] = [await open(), await open()];
    write(one, "Hello");
    expect(two.drafts.of(RAISE).text).toBe("Hello");
    const results = await Promise.all([one.raise("law"), two.raise("law")]);
    expect([sent(), results.map(({ t }) => t)]).toEqual([["Hello"], ["kept", "changed"]]);
  });
});

test("a message or a note leaves the draft when it is sent, once", async () => {
  const account = await open();
  account.drafts.write("note:exam", { text: "Ask", subject: "" });
  expect(account.send("note", "exam")).toBe(true);
  await locks.request("act.note:exam", () => undefined);
  expect([sent(), account.drafts.of("note:exam").text, storage.length]).toEqual([["Ask"], "", 0]);
});
