// Every site ends with the same tab.

import { Settings } from "lucide";
import type { Tab } from "../app/AppLayout";
import { messages } from "../../i18n/messages";

export const settingsTab: Tab = { page: "settings", label: messages.nav.settings, icon: Settings };
