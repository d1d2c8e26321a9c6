// The pages before anybody is in, and while uconnect cannot be reached: each says why, and offers one thing to do.

import { useEffect, useState } from "preact/hooks";
import { type Auth, SignedOutError } from "../../auth/auth";
import { StorageBlockedError } from "../../auth/pending-auth";
import { SiteUpdatedError } from "../../browser/lazy-import";
import { clockOffset } from "../../browser/server-clock";
import { type Config, UnreachableError } from "../../api/config";
import { storageStatus } from "../../browser/storage";
import { messages } from "../../i18n/messages";
import { AuthLayout } from "../../ui/AuthLayout";

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
    auth.startSignIn().catch((error: unknown) => {
      setText(signInStartError(error));
      setBusy(false);
    });
  };
  return (
    <AuthLayout site={messages.site[config.site]}>
      <p class="lead">{messages.auth[config.site]}</p>
      <div class="auth-actions">
        <button type="button" class="button primary wide" aria-disabled={busy} onClick={signIn}>
          {messages.auth.signIn}
        </button>
        {config.sign_up && (
          <a class="button wide" href={config.sign_up}>
            {messages.auth.signUp}
          </a>
        )}
      </div>
      <p class="auth-note" role="alert" key={text}>
        {text}
      </p>
    </AuthLayout>
  );
}

/** Tells an unreachable network from a browser that cannot sign in. */
export function signInStartError(error: unknown): string {
  if (error instanceof StorageBlockedError) return messages.auth.cookies;
  if (error instanceof SiteUpdatedError) return messages.connection.reload;
  return error instanceof UnreachableError ? messages.auth.unreachable : messages.auth.notStarted(String(error));
}

export function signInFinishError(error: unknown): string {
  const minutes = Math.round(-clockOffset.peek() / 60_000);
  if (error instanceof SignedOutError && storageStatus.peek() === "forbidden") return messages.auth.cookies;
  if (error instanceof UnreachableError) return messages.auth.unreachable;
  if (error instanceof SiteUpdatedError) return messages.connection.reload;
  return Math.abs(minutes) < 2 ? messages.auth.notFinished : messages.auth.clockOff(minutes);
}

export function UnreachablePage() {
  return (
    <AuthLayout site="">
      <p class="lead">{messages.auth.unreachable}</p>
      <div class="auth-actions">
        <button type="button" class="button primary wide" onClick={() => location.reload()}>
          {messages.auth.tryAgain}
        </button>
      </div>
    </AuthLayout>
  );
}

const LATE = 700; // ms

/** The sign-out finishes when the issuer can be reached. Nothing is said if that is at once. */
export function SigningOutPage() {
  const [isLate, setIsLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLate(true), LATE);
    return () => clearTimeout(timer);
  }, []);
  if (!isLate) return null;
  return (
    <AuthLayout site="">
      <p class="lead" role="alert">
        {messages.auth.leaving}
      </p>
      <p>{messages.auth.leavingText}</p>
    </AuthLayout>
  );
}
