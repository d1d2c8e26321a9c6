// What a page says of itself, whatever it shows: its connection, this browser, and new messages on other pages. It is
// loaded after the page.

import { useEffect, useRef, useState } from "preact/hooks";
import { slowCalls } from "../../api/client";
import { messages } from "../../i18n/messages";
import { pageMessages } from "../../i18n/page-messages";
import type { ConnectionState } from "../../sync/socket";
import { isLoaded, session } from "../../sync/store";
import { announce } from "../../ui/announce";
import type { Tab } from "./AppLayout";
import { Notices } from "./Notices";

export function PageStatus({ tabs, page }: { tabs: readonly Tab[]; page: string }) {
  return (
    <>
      <Notices />
      <ConnectionStatus />
      {tabs.map((tab) => tab.unread && <NewMessages key={tab.page} tab={tab} isCurrent={tab.page === page} />)}
    </>
  );
}

/** Announces the new messages of a tab while another page is open. */
function NewMessages({ tab, isCurrent }: { tab: Tab; isCurrent: boolean }) {
  const unread = tab.unread?.() ?? 0;
  const before = useRef<number | null>(null);
  const areLoaded = isLoaded.value;
  useEffect(() => {
    if (!areLoaded) return;
    const arrived = before.current === null ? 0 : unread - before.current;
    before.current = unread;
    if (arrived > 0 && !isCurrent) announce(pageMessages.newIn(arrived, tab.label));
  }, [unread, areLoaded, isCurrent, tab.label]);
  return null;
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
