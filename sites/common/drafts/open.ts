// How this page opens an account's texts and hands its acts to the server: messages by the socket, the rest by calls.

import { alone } from "../alone";
import { Refused } from "../api";
import { load } from "../fold";
import type { Me } from "../protocol";
import { besides, session, view } from "../session";
import { storageOf } from "../storage";
import { type Account, openAccount } from "./account";
import { randomKey } from "./keys";
import type { Delivery, Outcome, PendingAct } from "./pending-acts";

export async function openFor(party: Me): Promise<Account> {
  const { auth, config } = session;
  const prefix = `${config.client}:${party.id}:`;
  const name = { client: config.client, party: party.id, subject: auth.account };
  const opened = await openAccount(name, storageOf("localStorage"), deliveryFor(prefix));
  addEventListener("storage", (event) => {
    if (event.key?.startsWith(prefix)) heard(opened, event.key.slice(prefix.length), event.newValue !== null);
  });
  return opened;
}

/** Another tab has changed what is stored. If it dies while it sends a new message, this one goes on. What was known
    before was only changed, as when that tab lost its connection: it leaves at its own moment after a reconnect. */
function heard(opened: Account, name: string, stored: boolean): void {
  const messageIn = () => opened.acts.items.peek().find(({ key, kind }) => name.endsWith(key) && kind === "message");
  const known = messageIn() !== undefined;
  opened.heard(name);
  if (!stored || known || session.socket.state.peek() !== "open") return;
  const act = messageIn();
  if (act) void opened.acts.takeOver(act.about);
}

const awaiting = new Map<string, (outcome: Outcome) => void>();
const NO_ANSWER = 20_000;

/** The server's answer to a message, or with null that none will come to any. */
export function settle(key: string | null, outcome: Outcome): void {
  for (const name of key === null ? [...awaiting.keys()] : [key]) {
    const resolve = awaiting.get(name);
    awaiting.delete(name);
    resolve?.(outcome);
  }
}

const deliveryFor = (prefix: string): Delivery => ({
  deliver: (act) => (act.kind === "message" ? post(act) : call(act).catch(outcomeOf)),
  alone: (lock, run) => alone(prefix + lock, run),
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
  newKey: randomKey,
});

const post = ({ key, about, text }: PendingAct): Promise<Outcome> =>
  new Promise((resolve) => {
    if (!session.socket.send({ t: "send", key, id: about, text })) return resolve({ t: "lost", left: false });
    const late = setTimeout(() => settle(key, { t: "wait" }), NO_ANSWER);
    awaiting.set(key, (outcome) => {
      clearTimeout(late); // else it would end the next attempt, not this one
      resolve(outcome);
    });
  });

async function call({ key, kind, about, text, subject }: PendingAct): Promise<Outcome> {
  if (!navigator.onLine) return { t: "lost", left: false };
  if (kind === "note") {
    besides(about, [(await session.call("writeNote", { key, text }, about)).entry]);
    return { t: "kept" };
  }
  const listed = await session.call("raiseThread", { key, school: about, subject, text });
  view.value = load(view.peek(), listed);
  return { t: "kept", thread: listed.row.id };
}

/** These refusals come after the server has looked the key up: no earlier attempt was kept either. */
const DECIDED = ["five_threads", "not_found"];

function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof Refused) || (error.status >= 500 && error.code === "")) return { t: "lost" };
  const said = { sentence: error.message };
  if (error.status === 429 || error.code === "busy") return { t: "wait", ...said };
  return { t: "refused", ...said, decided: DECIDED.includes(error.code) };
}
