// Every page has the same few landmarks: which site this is, where one can go, and the page itself, where focus follows.

import type { IconNode } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { address, route } from "../route";
import { me, session, totalUnread } from "../session";
import { words } from "../words";
import { Questions } from "./Dialog";
import { Icon, Mark } from "./Icon";
import { Notices } from "./Notices";
import { Toasts } from "./Toasts";

export interface Tab {
  page: string;
  label: string;
  /** The same in one word, for a phone. */
  short?: string;
  icon: IconNode;
}

export function Shell({ tabs, children }: { tabs: readonly Tab[]; children: ComponentChildren }) {
  const { page, id } = route.value;
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  const label = tabs.find((tab) => tab.page === page)?.label ?? "";
  useEffect(() => {
    document.title = words.title(label, totalUnread.value);
  }, [label, totalUnread.value]);
  useEffect(() => {
    if (first.current) first.current = false;
    else focusPage(main.current);
  }, [page, id]);
  const inside = id === "" ? "shell" : "shell inside";
  return (
    <div class={inside}>
      <button type="button" class="skip" onClick={() => focusPage(main.current)}>
        {words.nav.skip}
      </button>
      <header class="top">
        <a class="brand" href={address(tabs[0]?.page ?? "")}>
          <Mark />
          <span class="brand-name">{words.product}</span>
          <span class="brand-site">{words.site[session.config.site]}</span>
        </a>
        {me.value && (
          <a class="account" href={address("settings")}>
            <span>{me.value.name}</span>
          </a>
        )}
      </header>
      <nav class="tabs" aria-label={words.nav.main}>
        {tabs.map((tab) => (
          <a
            key={tab.page}
            class={`tab tab-${tab.page}`}
            href={address(tab.page)}
            aria-current={tab.page === page ? "page" : undefined}
            aria-label={tab.label}
          >
            <Icon of={tab.icon} />
            <span class={tab.short ? "wide" : ""}>{tab.label}</span>
            {tab.short && <span class="narrow">{tab.short}</span>}
          </a>
        ))}
      </nav>
      <main class="main" ref={main} tabIndex={-1}>
        {children}
      </main>
      <ConnectionLine />
      <Toasts />
      <Questions />
    </div>
  );
}

/** Focus goes to where a person goes on: the message box with a keyboard at hand, else the page's heading. */
function focusPage(main: HTMLElement | null): void {
  const box = matchMedia("(min-width: 768px) and (hover: hover) and (pointer: fine)").matches
    ? main?.querySelector<HTMLElement>(".composer textarea")
    : null;
  const heading = main?.querySelector<HTMLElement>("h1");
  const target = box ?? (heading?.checkVisibility() ? heading : main);
  target?.focus({ preventScroll: target === heading });
}

/** The connection, in words, only when it is not fine, and not for a blink. */
function ConnectionLine() {
  const state = session.socket.state.value;
  const wrong = state === "lost" || state === "connecting";
  const [late, setLate] = useState(false);
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    addEventListener("online", look);
    addEventListener("offline", look);
    return () => {
      removeEventListener("online", look);
      removeEventListener("offline", look);
    };
  }, []);
  useEffect(() => {
    setLate(false);
    if (!wrong) return;
    const timer = setTimeout(() => setLate(true), 1_500);
    return () => clearTimeout(timer);
  }, [wrong]);
  const text = state === "reload" ? words.connection.reload : wrong && late ? (online ? words.connection.lost : words.connection.offline) : "";
  return (
    <div class="connection" role="status">
      <Notices />
      {text && (
        <p>
          {text}
          {state === "reload" && (
            <button type="button" onClick={() => location.reload()}>
              {words.connection.reloadNow}
            </button>
          )}
        </p>
      )}
    </div>
  );
}
