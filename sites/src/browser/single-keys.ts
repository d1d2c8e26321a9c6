// Shortcuts of a single key can be switched off for this browser: who speaks to a computer, or presses keys by accident,
// would act without knowing it (WCAG 2.1.4).

import { effect, signal } from "@preact/signals";
import { localNamespace } from "./storage";

const storage = localNamespace("uconnect");

export const singleKeys = signal(storage.get("keys") !== "off");

effect(() => {
  if (singleKeys.value) storage.remove("keys");
  else storage.set("keys", "off");
});

/** What a control says as its `aria-keyshortcuts`: nothing while single keys are off. Its hint is drawn from the same. */
export const shortcut = (key: string): string | undefined => (singleKeys.value ? key : undefined);
