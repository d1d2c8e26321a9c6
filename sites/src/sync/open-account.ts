// Opens what an account stored, and sends the items of its outbox: messages over the socket, the others as HTTP calls.

import { withLock } from "../browser/with-lock";
import { ApiError, countWhileSlow } from "../api/client";
import type { Me } from "../api/types";
import { addInternalEntries, applyLoaded, onThreadChange, session } from "./store";
import { getStorage } from "../browser/storage";
import { type Account, openAccount } from "./account";
import { newIdempotencyKey } from "./idempotency-key";
import type { OutboxPort, DeliveryOutcome, OutboxItem } from "./outbox";

export async function openAccountFor(party: Me): Promise<Account> {
  const { auth, config } = session;
  const prefix = `${config.client}:${party.id}:`;
  const name = { client: config.client, party: party.id, subject: auth.account };
  const account = await openAccount(name, getStorage("localStorage"), createOutboxPort(prefix));
  onThreadChange((id, before, after) => {
    if (after.gone > before.gone && !after.row) account.marks.forget(id);
  });
  addEventListener("storage", (event) => {
    if (event.key?.startsWith(prefix)) onStorageEvent(account, event.key.slice(prefix.length), event.newValue !== null);
  });
  return account;
}

/**
 * Another tab has changed the storage. If that tab dies while it sends a new message, this tab sends it. An item that
 * was known before has only changed, for example when that tab lost its connection: it is sent at its own random time
 * after a reconnect.
 */
function onStorageEvent(account: Account, name: string, isStored: boolean): void {
  const messageIn = () => account.outbox.items.peek().find(({ key, kind }) => name.endsWith(key) && kind === "message");
  const wasKnown = messageIn() !== undefined;
  account.onStorageChange(name);
  if (!isStored || wasKnown || !session.socket.isReachable.peek()) return;
  const item = messageIn();
  if (item) void account.outbox.sendForOtherTab(item.about);
}

const pendingAnswers = new Map<string, (outcome: DeliveryOutcome) => void>();
const ANSWER_TIMEOUT = 20_000;

/** The server's answer to a message. A key of null means: no message that waits will get an answer. */
export function settleDelivery(key: string | null, outcome: DeliveryOutcome): void {
  for (const name of key === null ? [...pendingAnswers.keys()] : [key]) {
    const resolve = pendingAnswers.get(name);
    pendingAnswers.delete(name);
    resolve?.(outcome);
  }
}

const createOutboxPort = (prefix: string): OutboxPort => ({
  deliver: (item) => (isForSocket(item) ? countWhileSlow(sendMessage(item)) : callApi(item).catch(toOutcome)),
  withLock: (lock, run) => withLock(prefix + lock, run),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
  newKey: newIdempotencyKey,
});

/** A message goes over the socket, unless a network lets no socket through. */
const isForSocket = ({ kind }: OutboxItem): boolean => kind === "message" && session.socket.state.peek() !== "blocked";

const sendMessage = ({ key, about, text }: OutboxItem): Promise<DeliveryOutcome> =>
  new Promise((resolve) => {
    if (!session.socket.send({ t: "send", key, id: about, text })) return resolve({ t: "no_answer", sent: false });
    const timer = setTimeout(() => settleDelivery(key, { t: "retry_later" }), ANSWER_TIMEOUT);
    pendingAnswers.set(key, (outcome) => {
      clearTimeout(timer); // or else it would end the next attempt
      resolve(outcome);
    });
  });

async function callApi({ key, kind, about, text, subject }: OutboxItem): Promise<DeliveryOutcome> {
  if (!navigator.onLine) return { t: "no_answer", sent: false };
  if (kind === "note") {
    addInternalEntries(about, [(await session.call("writeNote", { key, text }, about)).entry]);
    return { t: "accepted" };
  }
  if (kind === "message") {
    session.socket.handlers.onFrame(await session.call("sendMessage", { key, text }, about));
    return { t: "accepted" };
  }
  const listed = await session.call("raiseThread", { key, school: about, subject, text });
  applyLoaded(listed);
  return { t: "accepted", thread: listed.row.id };
}

/** The server looks the key up before these refusals: so no earlier attempt was accepted either. */
const FINAL_REFUSALS = ["five_threads", "not_found"];

function toOutcome(error: unknown): DeliveryOutcome {
  if (!(error instanceof ApiError) || (error.status >= 500 && error.code === "")) return { t: "no_answer" };
  const reason = { sentence: error.message };
  if (error.status === 429 || error.code === "busy") return { t: "retry_later", ...reason };
  return { t: "refused", ...reason, decided: FINAL_REFUSALS.includes(error.code) };
}
