// Light or dark is the person's choice for this browser; unchosen, it follows the device.

import { effect, signal } from "@preact/signals";
import { browserDrawer } from "./storage";

export type Theme = "auto" | "light" | "dark";

const kept = browserDrawer("uconnect");
const stored = kept.get("theme");

export const theme = signal<Theme>(stored === "light" || stored === "dark" ? stored : "auto");

effect(() => {
  document.documentElement.dataset["theme"] = theme.value;
  if (theme.value === "auto") kept.remove("theme");
  else kept.set("theme", theme.value);
});
