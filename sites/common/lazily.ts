// A part of the site that is loaded when it is needed can be missing: the network was away, or the site was renewed.
//
// A browser remembers for as long as the page is open that a module could not be loaded. So a part that fails again though
// the site can be reached is had by loading the page anew: what was written is kept.

import { noAnswer } from "./config";
import { tabDrawer } from "./storage";

const REST = 300_000; // between two such reloads: a part that is gone for good must not make the page go round
const failed = new WeakSet<object>();

export async function lazily<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (failed.has(load) && (await canBeReached())) reload();
    failed.add(load);
    return noAnswer(error);
  }
}

const canBeReached = (): Promise<boolean> =>
  fetch("config.json", { cache: "no-store", signal: AbortSignal.timeout(5_000) }).then(({ ok }) => ok, () => false);

function reload(): void {
  const tab = tabDrawer("uconnect");
  const before = Number(tab.get("reloaded"));
  if (Date.now() - before < REST) return;
  if (tab.set("reloaded", String(Date.now()))) location.reload();
}
