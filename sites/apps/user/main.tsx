// The site of a user: the threads they raised, and the schools they can ask. Nothing here tells who answers.

import "../../src/browser/startup-error";
import { MessagesSquare, Search } from "lucide";
import { lazyPage } from "../../src/features/app/lazy-page";
import { AppLayout, type Tab } from "../../src/features/app/AppLayout";
import { RaisePage, SchoolsPage } from "../../src/features/raise/lazy-pages";
import { RaisedThreadsPage } from "../../src/features/raise/RaisedThreadsPage";
import { route } from "../../src/browser/route";
import { hasThreads } from "../../src/sync/store";
import { settingsTab } from "../../src/features/settings/tab";
import { startSite } from "../../src/features/app/start";
import { messages } from "../../src/i18n/messages";

const tabs: readonly Tab[] = [
  { page: "threads", label: messages.nav.threads, icon: MessagesSquare, as: "raiser" },
  { page: "schools", label: messages.nav.schools, icon: Search },
  settingsTab,
];

const SettingsPage = lazyPage(() =>
  import("../../src/features/settings/SettingsPage").then((page) => page.SettingsPage),
);

const threadsTexts = { ...messages.threads, title: messages.nav.threads };

function App() {
  return <AppLayout tabs={tabs}>{page()}</AppLayout>;
}

function page() {
  const { page, id } = route.value;
  if (page === "settings") return <SettingsPage />;
  if (page !== "schools") return <RaisedThreadsPage texts={threadsTexts} />;
  return id ? (
    <RaisePage threadsPage="threads" title={messages.nav.schools} />
  ) : (
    <SchoolsPage title={messages.nav.schools} threadsTitle={messages.nav.threads} />
  );
}

startSite({
  App,
  pages: tabs.map((tab) => tab.page),
  shelves: ["raised"],
  firstRunPage: () => (hasThreads("raiser") ? null : "schools"),
});
