// The site of a school: its inbox, its workers, and the threads that it raised itself.

import "../../src/browser/startup-error";
import { ChartNoAxesColumn, Inbox, MessagesSquare, School, UsersRound } from "lucide";
import { lazyPage, lazyPart } from "../../src/features/app/lazy-page";
import { AppLayout, type Tab } from "../../src/features/app/AppLayout";
import { RaisePage, SchoolsPage } from "../../src/features/raise/lazy-pages";
import { route } from "../../src/browser/route";
import { hasThreads, team } from "../../src/sync/store";
import { settingsTab } from "../../src/features/settings/tab";
import { startSite } from "../../src/features/app/start";
import { messages } from "../../src/i18n/messages";
import { InboxPage } from "./pages/InboxPage";

const tabs: readonly Tab[] = [
  { page: "inbox", label: messages.nav.inbox, icon: Inbox, as: "school" },
  {
    page: "raised",
    label: messages.nav.raised,
    short: messages.nav.raisedShort,
    icon: MessagesSquare,
    as: "raiser",
  },
  { page: "schools", label: messages.nav.otherSchools, short: messages.nav.schoolsShort, icon: School },
  { page: "workers", label: messages.nav.workers, icon: UsersRound },
  { page: "overview", label: messages.nav.overview, icon: ChartNoAxesColumn },
  { ...settingsTab, parts: ["replies", "acts"] },
];

const WorkersPage = lazyPage(() => import("./pages/WorkersPage").then((page) => page.WorkersPage));
const OverviewPage = lazyPage(() => import("./pages/OverviewPage").then((page) => page.OverviewPage));
const SchoolSettingsPage = lazyPage(() => import("./pages/SchoolSettingsPage").then((page) => page.SchoolSettingsPage));
const RaisedPage = lazyPage(() => import("./pages/RaisedPage").then((page) => page.RaisedPage));

const InboxWatch = lazyPart(() => import("../../src/features/inbox/InboxWatch").then((part) => part.InboxWatch));

function App() {
  return (
    <AppLayout tabs={tabs}>
      {page()}
      <InboxWatch />
    </AppLayout>
  );
}

function page() {
  const { page, id } = route.value;
  switch (page) {
    case "raised":
      return <RaisedPage />;
    case "schools":
      return id ? (
        <RaisePage threadsPage="raised" title={messages.nav.otherSchools} />
      ) : (
        <SchoolsPage title={messages.nav.otherSchools} threadsTitle={messages.nav.raised} />
      );
    case "workers":
      return <WorkersPage />;
    case "overview":
      return <OverviewPage />;
    case "settings":
    case "replies":
    case "acts":
      return <SchoolSettingsPage />;
    default:
      return <InboxPage />;
  }
}

startSite({
  App,
  pages: tabs.flatMap(({ page, parts = [] }) => [page, ...parts]),
  shelves: ["received", "raised"],
  firstRunPage: () => (hasThreads("school") || hasThreads("raiser") || team.peek()?.workers.length ? null : "workers"),
});
