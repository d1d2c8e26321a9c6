// What a page says of itself, whatever it shows: its connection, this browser, and new messages of other threads. It is
// loaded after the page.

import { useEffect, useState } from "preact/hooks";
import { slowCalls } from "../../api/client";
import { messages } from "../../i18n/messages";
import { pageMessages } from "../../i18n/page-messages";
import { dropError } from "../../browser/drop-error";
import { lazyImport } from "../../browser/lazy-import";
import type { ConnectionState } from "../../sync/socket";
import { openThreadId } from "../../browser/route";
import { unreadCount } from "../../sync/reducer";
import { isLoaded, onThreadChange, type Role, session } from "../../sync/store";
import { announce } from "../../ui/announce";
import type { Tab } from "./AppLayout";
import { Notices } from "./Notices";

export function PageStatus({ tabs }: { tabs: readonly Tab[] }) {
  useNews(tabs);
  useIdleSignOut();
  return (
    <>
      <Notices />
      <ConnectionStatus />
    </>
  );
}

const importIdle = () => import("../idle/idle-sign-out");

/** The part is loaded where the operator has set it. */
function useIdleSignOut(): void {
  useEffect(() => {
    if (!session.config.idle) return;
    const stop = lazyImport(importIdle).then((part) => part.signOutWhenIdle());
    stop.catch(dropError("the server signs out instead"));
    return () => void stop.then((run) => run(), dropError("it was not loaded"));
  }, []);
}

const TOGETHER = 300; // ms: what arrives at once, such as after a lost connection, is one announcement

/** Announces messages of threads that are not open. The log of the open thread announces its own. */
function useNews(tabs: readonly Tab[]): void {
  useEffect(() => {
    const arrived = new Map<Role, number>();
    let timer = 0;
    const tell = () => {
      for (const { as, label } of tabs) {
        const count = (as && arrived.get(as)) ?? 0;
        if (count > 0) announce(pageMessages.newIn(count, label));
      }
      arrived.clear();
    };
    const stop = onThreadChange((id, before, after, isNews) => {
      // A row that is loaded for the first time may have been unread for long.
      if (!after.row || !(isNews || before.row) || id === openThreadId.peek()) return;
      const { as } = after.row;
      const count = unreadCount(after) - unreadCount(before);
      if (count <= 0 || !isLoaded.peek()) return;
      arrived.set(as, (arrived.get(as) ?? 0) + count);
      clearTimeout(timer);
      timer = setTimeout(tell, TOGETHER);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [tabs]);
}

function connectionText(state: ConnectionState, isLate: boolean, isOnline: boolean): string {
  const texts = pageMessages.connection;
  if (state === "reload") return messages.connection.reload;
  if (state === "silent" || (slowCalls.value > 0 && state === "open")) return texts.silent;
  if (!isLate) return "";
  if (state === "blocked") return texts.blocked;
  return isOnline ? texts.lost : texts.offline;
}

/** Says that the connection is lost, but not for a short interruption. */
function ConnectionStatus() {
  const state = session.socket.state.value;
  const isNotLive = ["lost", "connecting", "blocked"].includes(state);
  const [isLate, setIsLate] = useState(false);
  const [isOnline, setIsOnline] = useState(navigator.onLine);
  useEffect(() => {
    const update = () => setIsOnline(navigator.onLine);
    addEventListener("online", update);
    addEventListener("offline", update);
    return () => {
      removeEventListener("online", update);
      removeEventListener("offline", update);
    };
  }, []);
  useEffect(() => {
    setIsLate(false);
    if (!isNotLive) return;
    const timer = setTimeout(() => setIsLate(true), 1_500);
    return () => clearTimeout(timer);
  }, [isNotLive]);
  const text = connectionText(state, isNotLive && isLate, isOnline);
  if (!text) return null;
  return (
    <p key={text}>
      {text}
      {state === "reload" && (
        <button type="button" onClick={() => location.reload()}>
          {messages.connection.reloadNow}
        </button>
      )}
    </p>
  );
}
