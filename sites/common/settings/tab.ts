// Every site ends with the same tab; what is behind it differs by what a party can decide.

import { Settings } from "lucide";
import type { Tab } from "../parts/Shell";
import { words } from "../words";

export const settingsTab: Tab = { page: "settings", label: words.nav.settings, icon: Settings };
