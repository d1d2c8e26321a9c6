// Light or dark is chosen for this browser. Without a choice, the theme follows the device.

import { effect, signal } from "@preact/signals";
import { localNamespace } from "./storage";

export type Theme = "auto" | "light" | "dark";

const storage = localNamespace("uconnect");
const stored = storage.get("theme");

export const theme = signal<Theme>(stored === "light" || stored === "dark" ? stored : "auto");

effect(() => {
  document.documentElement.dataset["theme"] = theme.value;
  if (theme.value === "auto") storage.remove("theme");
  else storage.set("theme", theme.value);
});
