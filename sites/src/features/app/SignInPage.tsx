// The page before anybody is in. It is in one file with the protocol that it starts, which is fetched beside the first.

import { useState } from "preact/hooks";
import type { Config } from "../../api/config";
import type { Auth } from "../../auth/auth";
import { messages } from "../../i18n/messages";
import { signInMessages } from "../../i18n/sign-in-messages";
import { AuthLayout } from "../../ui/AuthLayout";
import { signInError } from "./sign-in-error";

interface SignInPageProps {
  config: Config;
  auth: Auth;
  note?: string;
}

export function SignInPage({ config, auth, note }: SignInPageProps) {
  const [text, setText] = useState(note);
  const [busy, setBusy] = useState(false);
  const signIn = () => {
    setBusy(true);
    auth.startSignIn().catch(async (error: unknown) => {
      setText(await signInError(error, "start"));
      setBusy(false);
    });
  };
  return (
    <AuthLayout site={messages.site[config.site]}>
      <p class="lead">{signInMessages[config.site]}</p>
      <div class="auth-actions">
        <button type="button" class="button primary wide" aria-disabled={busy} onClick={signIn}>
          {signInMessages.signIn}
        </button>
        {config.sign_up && (
          <a class="button wide" href={config.sign_up}>
            {signInMessages.signUp}
          </a>
        )}
      </div>
      <p class="auth-note" role="alert" key={text}>
        {text}
      </p>
    </AuthLayout>
  );
}
