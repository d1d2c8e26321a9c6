// Every site ends with the same tab and the same page behind it.

import { Settings } from "lucide";
import { words } from "../words";
import { later } from "./later";
import type { Tab } from "./Shell";

export const settingsTab: Tab = { page: "settings", label: words.nav.settings, icon: Settings };

export const SettingsPage = later(() => import("./SettingsPage").then((page) => page.SettingsPage));
