// Signing out goes on until the issuer can be reached, in every tab that shows it: the tab that began it may be closed.

import { alone } from "./alone";
import type { Auth } from "./auth";
import { account } from "./session";
import { browserDrawer } from "./storage";

const AGAIN = 10_000;
const under = new WeakMap<Auth, string>(); // the party that each page signs out

/** Sign out the party that `auth.leaving` names, once, whichever tab is first. `show` that it is not done yet; `over` goes
    on where another tab has done it. */
export function leave(auth: Auth, show: () => void, over = () => location.reload()): void {
  const { config, leaving: party } = auth;
  if (party === null || under.get(auth) === party) return;
  under.set(auth, party);
  let busy = false;
  let shown = false;
  const clear = () => {
    if (account.peek()?.party === party) account.peek()?.clear();
    const kept = browserDrawer(`${config.client}:${party}`);
    if (party) kept.keys("").forEach((name) => kept.remove(name));
  };
  const once = async () => (auth.leaving === party ? auth.leave(clear) : over());
  const attempt = () => {
    if (busy) return;
    busy = true;
    alone(`${config.client}:leave`, once).catch(() => {
      busy = false;
      if (!shown) show();
      shown = true;
      setTimeout(attempt, AGAIN);
    });
  };
  addEventListener("online", attempt);
  attempt();
}
