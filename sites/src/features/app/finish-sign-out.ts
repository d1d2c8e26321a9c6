// A requested sign-out is tried until the issuer can be reached. Every open tab of the site tries it, because the tab
// that requested it may be closed.

import type { Auth } from "../../auth/auth";
import { localNamespace } from "../../browser/storage";
import { withLock } from "../../browser/with-lock";
import { account } from "../../sync/store";

const RETRY_INTERVAL = 10_000;
/** The party that each page is signing out. A page has one `Auth`. */
const partyByAuth = new WeakMap<Auth, string>();

/**
 * Signs out the party in `auth.pendingSignOut`, and removes what it stored in this browser. A lock lets one tab at a
 * time try. `onDoneElsewhere` is called if another tab was first.
 */
export function finishSignOut(auth: Auth, onDoneElsewhere = () => location.reload()): void {
  const { config, pendingSignOut: party } = auth;
  if (party === null || partyByAuth.get(auth) === party) return;
  partyByAuth.set(auth, party);
  const clear = () => {
    if (account.peek()?.party === party) account.peek()?.clear(); // this page may belong to another account
    const storage = localNamespace(`${config.client}:${party}`);
    if (party) storage.keys("").forEach((name) => storage.remove(name));
  };
  const signOutOnce = async () => (auth.pendingSignOut === party ? auth.signOut(clear) : onDoneElsewhere());
  let isRunning = false;
  const attempt = () => {
    if (isRunning) return;
    isRunning = true;
    withLock(`${config.client}:sign-out`, signOutOnce).catch(() => {
      isRunning = false;
      setTimeout(attempt, RETRY_INTERVAL);
    });
  };
  addEventListener("online", attempt);
  attempt();
}
