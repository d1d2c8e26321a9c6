// The site of whoever has a question: their threads, the schools they can ask, and nothing that tells who answers.

import "../common/fault";
import { MessagesSquare, Search } from "lucide";
import { later } from "../common/parts/later";
import { Shell, type Tab } from "../common/parts/Shell";
import { RaisedThreads } from "../common/raiser/RaisedThreads";
import { RaisePage, SchoolsPage } from "../common/raiser/pages";
import { route } from "../common/route";
import { rows } from "../common/session";
import { settingsTab } from "../common/settings/tab";
import { start } from "../common/start";
import { words } from "../common/words";

const tabs: readonly Tab[] = [
  { page: "threads", label: words.nav.threads, icon: MessagesSquare },
  { page: "schools", label: words.nav.schools, icon: Search },
  settingsTab,
];

const Settings = later(() => import("../common/settings/Settings").then((page) => page.Settings));

const said = { ...words.threads, title: words.nav.threads };

function App() {
  return <Shell tabs={tabs}>{page()}</Shell>;
}

function page() {
  const { page, id } = route.value;
  if (page === "settings") return <Settings />;
  if (page !== "schools") return <RaisedThreads said={said} />;
  return id ? <RaisePage threads="threads" title={words.nav.schools} /> : <SchoolsPage title={words.nav.schools} />;
}

start({ App, pages: tabs.map((tab) => tab.page), shelves: ["raised"], first: () => (rows.peek().length ? null : "schools") });
