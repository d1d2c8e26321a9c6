// A session starts at sign-in: it opens the socket, and each frame of the server changes the state.

import { batch, effect } from "@preact/signals";
import { refusalMessage, slowCalls } from "../api/client";
import { dropError } from "../browser/drop-error";
import { lazyImport } from "../browser/lazy-import";
import type { ServerFrame, Side } from "../api/protocol";
import { loadAccountModule, settleDelivery } from "./account-module";
import { threadOfFrame } from "./reducer";
import { Socket } from "./socket";
import {
  account,
  addInternalEntries,
  addPeople,
  addSchools,
  applyFrame,
  hideTyping,
  late,
  loadCount,
  mySide,
  peekThread,
  rememberRemoved,
  session,
  type Session,
  setSession,
  showTyping,
} from "./store";
import { loadFirstPages, refetch, refresh, syncAll } from "./sync";

export function startSession(
  options: Pick<Session, "call" | "auth" | "config" | "shelves">,
  onRejected: (error: Error) => void,
): void {
  effect(preloadLoadByFrame);
  const socket = new Socket({
    ticket: async () => (await options.call("issueTicket")).ticket,
    address: options.config.socket,
    beat: options.config.beat ?? 25_000, // that of an earlier server says none
    onOpen: syncAll,
    onFrame: handleFrame,
    onClose: () => settleDelivery(null, { t: "no_answer" }),
    onRejected,
  });
  setSession({ ...options, socket, onRejected });
  void loadAccountModule().catch(dropError("it is loaded again"));
  socket.start();
  void loadFirstPages().catch(dropError("it is loaded again")); // by a socket that opens
  effect(() => {
    if (socket.state.value === "blocked") void startPolling();
  });
  effect(() => void (slowCalls.value > 0 && socket.checkNow())); // its silence tells that the network is gone
}

const importPolling = () => import("./polling");
const startPolling = (): Promise<void> =>
  lazyImport(importPolling)
    .then(({ pollWhileBlocked }) => pollWhileBlocked())
    .catch((error: unknown) => {
      dropError("it is tried again")(error);
      setTimeout(() => session.socket.state.peek() === "blocked" && void startPolling(), 10_000);
    });

const importLoadByFrame = () => import("./load-by-frame");
type LoadByFrame = Awaited<ReturnType<typeof importLoadByFrame>>;

/**
 * It is loaded after the lists, whether a frame needs it or not: what a page asks for must not depend on which of two
 * answers arrives first.
 */
const preloadLoadByFrame = (): void => {
  // A frame that needs it loads it again.
  if (loadCount.value) void importLoadByFrame().catch(dropError("it is loaded again"));
};

const loadByFrame = (load: (part: LoadByFrame) => unknown): void =>
  void refresh(lazyImport(importLoadByFrame).then(load));

function handleFrame(frame: ServerFrame): void {
  batch(() => {
    const id = threadOfFrame(frame) ?? "";
    const { row } = peekThread(id);
    applyFrame(frame);
    if (frame.t === "ack" || frame.t === "event")
      handleEntry(frame.id, frame.entry.as === "ended" ? null : frame.entry);
    if (frame.t === "refused") handleRefusal(frame.key, frame.code, frame.sentence);
    if (frame.t === "typing") showTyping(frame.id);
    if (frame.t === "composing") late.composing?.(frame);
    if (frame.t === "hidden") late.hidden?.(frame);
    if (frame.t === "reload") loadByFrame((part) => part.reloadThread(frame));
    if (frame.t === "noted") addInternalEntries(frame.id, [frame.entry]);
    if (frame.t === "gone") rememberRemoved(frame.id, row);
    if (frame.t === "owner") addPeople([frame.owner]);
    if (frame.t === "school") addSchools([frame.school]);
    if (frame.t === "changed") void refresh(refetch(frame.what));
    if ("row" in frame && !row) loadByFrame((part) => part.fetchUnknown(id));
  });
}

function handleEntry(id: string, message: { key: string | null; side: Side } | null): void {
  if (message?.key) {
    settleDelivery(message.key, { t: "accepted" });
    account.peek()?.outbox.confirm(message.key, id);
  }
  const { row } = peekThread(id);
  if (row && message?.side !== mySide(row)) hideTyping(id);
}

function handleRefusal(key: string | null, code: string, sentence: string): void {
  if (key === null) return;
  const isTemporary = code === "too_fast" || code === "busy";
  settleDelivery(key, isTemporary ? { t: "retry_later" } : { t: "refused", sentence: refusalMessage(code, sentence) });
}
