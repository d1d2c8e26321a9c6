// The pages while uconnect cannot be reached: each says why.

import { useEffect, useState } from "preact/hooks";
import { messages } from "../../i18n/messages";
import { AuthLayout } from "../../ui/AuthLayout";

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
