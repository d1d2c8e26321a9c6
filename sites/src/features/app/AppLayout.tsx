// The layout of every page of a signed-in person: the site's name, the navigation, and the page, which takes the focus.

import type { IconNode } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { href, pageTitle, route } from "../../browser/route";
import { lazyPart } from "./lazy-page";
import { withFocus } from "./start";
import { slowCalls } from "../../api/client";
import type { ConnectionState } from "../../sync/socket";
import { isLoaded, me, session, totalUnread } from "../../sync/store";
import { messages } from "../../i18n/messages";
import { announce } from "../../ui/announce";
import { Overlay } from "../../ui/Overlay";
import { Icon } from "../../ui/Icon";
import { Logo } from "../../ui/Logo";

export interface Tab {
  page: string;
  label: string;
  /** A shorter label, for phones. */
  short?: string;
  icon: IconNode;
  /** How many new messages its threads have. */
  unread?: () => number;
}

export function AppLayout({ tabs, children }: { tabs: readonly Tab[]; children: ComponentChildren }) {
  const { page, id } = route.value;
  const main = useRef<HTMLElement>(null);
  const last = useRef<{ page: string; id: string } | null>(null);
  const label = pageTitle.value || (tabs.find((tab) => tab.page === page)?.label ?? "");
  const unread = totalUnread.value;
  useEffect(() => {
    document.title = messages.title(label, unread);
  }, [label, unread]);
  useEffect(() => {
    const { page: lastPage, id: lastId } = last.current ?? {};
    if (last.current && id === "" && lastId && lastPage === page)
      void withFocus((focus) => focus.focusRow(href(page, lastId)));
    else if (last.current) focusPage(main.current);
    last.current = { page, id };
  }, [page, id]);
  const className = id === "" ? "app-layout" : "app-layout detail-open";
  return (
    <div class={className}>
      <button type="button" class="skip-link" onClick={() => focusPage(main.current)}>
        {messages.nav.skip}
      </button>
      <header class="app-header">
        <a class="brand" href={href(tabs[0]?.page ?? "")}>
          <Logo />
          <span class="brand-name">{messages.product}</span>
          <span class="brand-site">{messages.site[session.config.site]}</span>
        </a>
        <Keyboard />
        {me.value && (
          <a class="account" href={href("settings")}>
            <bdi>{me.value.name}</bdi>
          </a>
        )}
        <ConnectionStatus />
      </header>
      <nav class="tabs" aria-label={messages.nav.main}>
        {tabs.map((tab) => (
          <TabLink key={tab.page} tab={tab} isCurrent={tab.page === page} />
        ))}
      </nav>
      <main class="main" ref={main} tabIndex={-1}>
        {children}
      </main>
      <Toasts />
      <Overlay />
    </div>
  );
}

const Toasts = lazyPart(() => import("../../ui/Toasts").then((part) => part.Toasts));
const Keyboard = lazyPart(() => import("../keyboard/Keyboard").then((part) => part.Keyboard));
const Notices = lazyPart(() => import("./Notices").then((part) => part.Notices));

/** A tab, with the number of new messages. They are announced while another page is open. */
function TabLink({ tab, isCurrent }: { tab: Tab; isCurrent: boolean }) {
  const unread = tab.unread?.() ?? 0;
  const before = useRef<number | null>(null);
  const areLoaded = isLoaded.value;
  useEffect(() => {
    if (!areLoaded) return;
    const arrived = before.current === null ? 0 : unread - before.current;
    before.current = unread;
    if (arrived > 0 && !isCurrent) announce(messages.list.newIn(arrived, tab.label));
  }, [unread, areLoaded, isCurrent, tab.label]);
  return (
    <a
      class={`tab tab-${tab.page}`}
      href={href(tab.page)}
      aria-current={isCurrent ? "page" : undefined}
      aria-label={unread ? `${tab.label}, ${messages.list.unread(unread)}` : tab.label}
    >
      <Icon of={tab.icon} />
      <span class={tab.short ? "wide" : ""}>{tab.label}</span>
      {tab.short && <span class="narrow">{tab.short}</span>}
      {unread > 0 && <span class="badge" data-count={unread > 99 ? "99+" : unread} />}
    </a>
  );
}

/** Moves the focus to the message box if there is a keyboard, or else to the page's heading. */
function focusPage(main: HTMLElement | null): void {
  const messageBox = matchMedia("(min-width: 768px) and (hover: hover) and (pointer: fine)").matches
    ? main?.querySelector<HTMLElement>(".composer textarea")
    : null;
  const heading = main?.querySelector<HTMLElement>("h1");
  const target = messageBox ?? (heading?.checkVisibility?.() === false ? main : (heading ?? main));
  target?.focus({ preventScroll: target === heading });
}

function connectionText(state: ConnectionState, isLate: boolean, isOnline: boolean): string {
  const texts = messages.connection;
  if (state === "reload") return texts.reload;
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
  return (
    <div class="connection-status" aria-live="polite" aria-relevant="additions">
      <Notices />
      {text && (
        <p key={text}>
          {text}
          {state === "reload" && (
            <button type="button" onClick={() => location.reload()}>
              {messages.connection.reloadNow}
            </button>
          )}
        </p>
      )}
    </div>
  );
}
