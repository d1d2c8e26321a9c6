// A part of the site that is loaded later may fail to load: the network is away, or the site was updated and the part
// has another name now.
//
// A browser remembers a failed import as long as the page is open. So if an import fails again although the site can be
// reached, the page reloads. Drafts are kept.

import { throwUnreachable } from "../api/config";
import { tabNamespace } from "./storage";

const RELOAD_INTERVAL = 300_000; // at least 5 minutes between two reloads: a part that is missing for good must not reload the page for ever
const failedLoads = new WeakSet<object>();

/** The site can be reached, and has no such part: only a reload helps. */
export class SiteUpdatedError extends Error {}

/** Throws UnreachableError, or SiteUpdatedError. The same `load` must be given at each try. */
export async function lazyImport<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const isReachable = await isSiteReachable();
    if (failedLoads.has(load) && isReachable) reloadOnce();
    failedLoads.add(load);
    if (isReachable) throw new SiteUpdatedError(String(error), { cause: error });
    return throwUnreachable(error);
  }
}

const isSiteReachable = (): Promise<boolean> =>
  fetch("config.json", { cache: "no-store", signal: AbortSignal.timeout(5_000) }).then(
    ({ ok }) => ok,
    () => false,
  );

function reloadOnce(): void {
  const storage = tabNamespace("uconnect");
  const lastReload = Number(storage.get("reloaded"));
  if (Date.now() - lastReload < RELOAD_INTERVAL) return;
  if (storage.set("reloaded", String(Date.now()))) location.reload();
}
