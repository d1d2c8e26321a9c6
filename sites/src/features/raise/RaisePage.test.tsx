// @vitest-environment happy-dom

import { signal } from "@preact/signals";
import { act, cleanup, render } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Locks, MemoryStorage } from "../../../testing/fake-browser";
import { id } from "../../../testing/fixtures";
import { config } from "../../../testing/test-page";
import { route } from "../../browser/route";
import { type Account, openAccount } from "../../sync/account";
import { account, schools, type Session, setSession } from "../../sync/store";
import { RaisePage } from "./RaisePage";

const law = { id: id("law"), name: "Law", about: "", hours: [], zone: "", picture: "", takes: true, reply_time: null };
const form = () => ({ page: "schools", id: law.id });
let mine: Account;
let key: string;

beforeEach(async () => {
  const locks = new Locks();
  const call = () => Promise.resolve(law);
  setSession({ config, call, socket: { isReachable: signal(true) } } as unknown as Session);
  schools.value = new Map([[law.id, law]]);
  mine = await openAccount({ client: "user", party: "uma", subject: "subject" }, new MemoryStorage(), {
    deliver: () => Promise.resolve({ t: "no_answer" }),
    withLock: (name, run) => locks.request(name, () => run(false)),
    sleep: () => Promise.resolve(),
    random: () => 0.5,
    newKey: () => "key",
  });
  account.value = mine;
  ({ key } = mine.outbox.add("raise", law.id, { text: "It opens no door.", subject: "My card" }));
  location.hash = `#/schools/${law.id}`;
  route.value = form();
});

afterEach(() => {
  cleanup();
  account.value = null;
  schools.value = new Map();
  location.hash = "";
});

const draw = () => act(() => void render(<RaisePage threadsPage="threads" title="Schools" />));
const confirm = () => mine.outbox.confirm(key, id("card"));

test("a raise that is confirmed while its form is shown opens its thread", async () => {
  await draw();
  await act(confirm);
  expect(location.hash).toBe(`#/threads/${id("card")}`);
});

test("a raise that is confirmed before its form is loaded opens its thread too", async () => {
  confirm();
  await draw();
  expect(location.hash).toBe(`#/threads/${id("card")}`);
});

test("a raise that was confirmed on another page leaves the form for another question", async () => {
  route.value = { page: "threads", id: "" };
  confirm();
  route.value = form();
  await draw();
  expect(location.hash).toBe(`#/schools/${law.id}`);
});
