// The buttons to sign out: here, and everywhere if the site can do that.

import { LogOut } from "lucide";
import { useAction } from "../app/use-action";
import { Icon } from "../../ui/Icon";
import { session } from "../../sync/store";
import { pageMessages } from "../../i18n/page-messages";
import { askToSignOut, askToSignOutEverywhere } from "./sign-out";

const { settings } = pageMessages;

export function SignOut() {
  const [busy, run] = useAction();
  return (
    <section class="page-section">
      <button type="button" class="button" aria-disabled={busy} onClick={() => run(askToSignOut)}>
        <Icon of={LogOut} size={18} />
        {settings.signOut}
      </button>
      <p class="muted">{settings.signOutText}</p>
      {session.config.sign_out_everywhere && (
        <>
          <button type="button" class="button" aria-disabled={busy} onClick={() => run(askToSignOutEverywhere)}>
            <Icon of={LogOut} size={18} />
            {settings.signOutEverywhere}
          </button>
          <p class="muted">{settings.signOutEverywhereText}</p>
        </>
      )}
    </section>
  );
}
