// The site of a worker: the threads their school gave them, and the little they can decide.

import "../common/fault";
import { MessagesSquare } from "lucide";
import { later } from "../common/parts/later";
import { Shell, type Tab } from "../common/parts/Shell";
import { route } from "../common/route";
import { settingsTab } from "../common/settings/tab";
import { start } from "../common/start";
import { words } from "../common/words";
import { DeskPage } from "./DeskPage";

const tabs: readonly Tab[] = [{ page: "threads", label: words.nav.threads, icon: MessagesSquare }, settingsTab];

const Linked = later(() => import("./Invited").then((page) => page.Linked));
const Asked = later(() => import("./Invited").then((page) => page.Asked));
const WorkerSettings = later(() => import("./WorkerSettings").then((page) => page.WorkerSettings));

function App() {
  return <Shell tabs={tabs}>{route.value.page === "settings" ? <WorkerSettings /> : <DeskPage />}</Shell>;
}

start({ App, invited: { Linked, Asked }, pages: tabs.map((tab) => tab.page), shelves: ["handled"] });
