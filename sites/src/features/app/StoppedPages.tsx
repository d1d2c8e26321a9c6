// The pages for a person who is signed in and cannot go on: each says why, and offers one thing to do.

import { type ApiError, refusalMessage } from "../../api/client";
import type { Config } from "../../api/config";
import { messages } from "../../i18n/messages";
import { pageMessages } from "../../i18n/page-messages";
import { AuthLayout } from "../../ui/AuthLayout";

const { stopped: texts } = pageMessages;

interface AccessDeniedProps {
  config: Config;
  signOut: () => void;
  /** Why the server does not let them in. Without it, the account is closed. */
  refusal?: ApiError;
}

/** For a person who is signed in, but not as a party that this site is for. Links to the right site. */
export function AccessDenied({ config, signOut, refusal }: AccessDeniedProps) {
  const rightSite = refusal && config.sites[refusal.code.replace("site_is_", "")];
  return (
    <AuthLayout site={messages.site[config.site]}>
      {!refusal && <p class="lead strong">{texts.ended}</p>}
      <p class="lead">{refusal ? refusalMessage(refusal.code, refusal.message) : texts.endedText}</p>
      <div class="auth-actions">
        {rightSite && (
          <a class="button primary wide" href={rightSite}>
            {texts.theirSite}
          </a>
        )}
        <button type="button" class={rightSite ? "button wide" : "button primary wide"} onClick={signOut}>
          {texts.otherAddress}
        </button>
      </div>
    </AuthLayout>
  );
}

/** Another account is signed in on this site. This page shows nothing of the earlier account. */
export function OtherAccountPage() {
  return (
    <AuthLayout site="">
      <p class="lead">{messages.auth.otherAccount}</p>
      <div class="auth-actions">
        <button type="button" class="button primary wide" onClick={() => location.reload()}>
          {texts.continueAsOther}
        </button>
      </div>
    </AuthLayout>
  );
}
