// The site of a school: its inbox, whose hands each thread is in, its workers, and the threads it raised itself.

import "../common/fault";
import { ChartNoAxesColumn, Inbox, MessagesSquare, School, UsersRound } from "lucide";
import { later } from "../common/parts/later";
import { Shell, type Tab } from "../common/parts/Shell";
import { RaisePage, SchoolsPage } from "../common/raiser/pages";
import { route } from "../common/route";
import { rows, team } from "../common/session";
import { settingsTab } from "../common/settings/tab";
import { start } from "../common/start";
import { words } from "../common/words";
import { InboxPage } from "./InboxPage";
import { followTeam } from "./people";

const tabs: readonly Tab[] = [
  { page: "inbox", label: words.nav.inbox, icon: Inbox },
  { page: "raised", label: words.nav.raised, short: words.nav.raisedShort, icon: MessagesSquare },
  { page: "schools", label: words.nav.otherSchools, short: words.nav.schoolsShort, icon: School },
  { page: "workers", label: words.nav.workers, icon: UsersRound },
  { page: "overview", label: words.nav.overview, icon: ChartNoAxesColumn },
  settingsTab,
];

const WorkersPage = later(() => import("./WorkersPage").then((page) => page.WorkersPage));
const OverviewPage = later(() => import("./OverviewPage").then((page) => page.OverviewPage));
const SchoolSettings = later(() => import("./SchoolSettings").then((page) => page.SchoolSettings));
const RaisedThreads = later(() => import("../common/raiser/RaisedThreads").then((page) => page.RaisedThreads));

const said = { ...words.raised, title: words.nav.raised };

function App() {
  return <Shell tabs={tabs}>{page()}</Shell>;
}

function page() {
  const { page, id } = route.value;
  switch (page) {
    case "raised":
      return <RaisedThreads said={said} />;
    case "schools":
      return id ? <RaisePage threads="raised" title={words.nav.otherSchools} /> : <SchoolsPage title={words.nav.otherSchools} />;
    case "workers":
      return <WorkersPage />;
    case "overview":
      return <OverviewPage />;
    case "settings":
      return <SchoolSettings />;
    default:
      return <InboxPage />;
  }
}

followTeam();
start({
  App,
  pages: tabs.map((tab) => tab.page),
  shelves: ["received", "raised"],
  first: () => (rows.peek().length || team.peek()?.workers.length ? null : "workers"),
});
