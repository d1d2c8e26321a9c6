// The site of a worker: the threads that their school assigned to them, and their settings.

import "../../src/browser/startup-error";
import { MessagesSquare } from "lucide";
import { lazyPage } from "../../src/features/app/lazy-page";
import { AppLayout, type Tab } from "../../src/features/app/AppLayout";
import { route } from "../../src/browser/route";
import { settingsTab } from "../../src/features/settings/tab";
import { startSite } from "../../src/features/app/start";
import { messages } from "../../src/i18n/messages";
import { QueuePage } from "./pages/QueuePage";

const tabs: readonly Tab[] = [
  { page: "threads", label: messages.nav.threads, icon: MessagesSquare, as: "worker" },
  settingsTab,
];

const InvitationLinkPage = lazyPage(() => import("./pages/InvitationPages").then((page) => page.InvitationLinkPage));
const InvitationChoicePage = lazyPage(() =>
  import("./pages/InvitationPages").then((page) => page.InvitationChoicePage),
);
const WorkerSettingsPage = lazyPage(() => import("./pages/WorkerSettingsPage").then((page) => page.WorkerSettingsPage));

function App() {
  return <AppLayout tabs={tabs}>{route.value.page === "settings" ? <WorkerSettingsPage /> : <QueuePage />}</AppLayout>;
}

startSite({
  App,
  invitations: { LinkPage: InvitationLinkPage, ChoicePage: InvitationChoicePage },
  pages: tabs.map((tab) => tab.page),
  shelves: ["handled"],
});
