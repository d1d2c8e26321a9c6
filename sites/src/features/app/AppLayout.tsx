// The layout of every page of a signed-in person: the site's name, the navigation, and the page, which takes the focus.

import type { IconNode } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { href, pageTitle, route } from "../../browser/route";
import { lazyPart } from "./lazy-page";
import { withFocus } from "./start";
import { me, type Role, session, totalUnread, unreadOf } from "../../sync/store";
import { messages } from "../../i18n/messages";
import { Overlay } from "../../ui/Overlay";
import { Icon } from "../../ui/Icon";
import { Logo } from "../../ui/Logo";

export interface Tab {
  page: string;
  label: string;
  /** A shorter label, for phones. */
  short?: string;
  icon: IconNode;
  /** Which of this party's threads it shows: it counts their new messages. */
  as?: Role;
  /** Other pages that belong to it: it is marked while one of them is open. */
  parts?: readonly string[];
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
  useLayoutEffect(() => main.current?.scrollTo(0, 0), [page, id]); // where the page before was scrolled to says nothing of this one
  // Before the page is painted: a key may open a menu in the next frame, which would close as the focus moves.
  useLayoutEffect(() => {
    const { page: lastPage, id: lastId } = last.current ?? {};
    if (last.current && id === "" && lastId && lastPage === page)
      withFocus((focus) => focus.focusRow(href(page, lastId)));
    else if (last.current) focusPage();
    last.current = { page, id };
  }, [page, id]);
  const className = id === "" ? "app-layout" : "app-layout detail-open";
  return (
    <div class={className}>
      <button type="button" class="skip-link" onClick={focusPage}>
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
        <div class="connection-status" aria-live="polite" aria-relevant="additions">
          <PageStatus tabs={tabs} />
        </div>
      </header>
      <nav class="tabs" aria-label={messages.nav.main}>
        {tabs.map((tab) => (
          <TabLink key={tab.page} tab={tab} page={page} />
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
const PageStatus = lazyPart(() => import("./PageStatus").then((part) => part.PageStatus));

/** A tab, with the number of new messages. */
function TabLink({ tab, page }: { tab: Tab; page: string }) {
  const unread = tab.as ? unreadOf(tab.as) : 0;
  return (
    <a
      class={`tab tab-${tab.page}`}
      href={href(tab.page)}
      aria-current={tab.page === page ? "page" : tab.parts?.includes(page) ? "true" : undefined}
      aria-label={unread ? `${tab.label}, ${messages.list.unread(unread)}` : tab.label}
    >
      <Icon of={tab.icon} />
      <span class={tab.short ? "wide" : ""}>{tab.label}</span>
      {tab.short && <span class="narrow">{tab.short}</span>}
      {unread > 0 && <span class="badge" data-count={unread > 99 ? "99+" : unread} />}
    </a>
  );
}

const focusPage = (): void => withFocus((focus) => focus.focusPage());
