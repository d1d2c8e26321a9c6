// The page while a person is signed out. It is loaded with the issuer's protocol, which that needs.

import { useEffect, useState } from "preact/hooks";
import { signInMessages } from "../../i18n/sign-in-messages";
import { AuthLayout } from "../../ui/AuthLayout";

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
        {signInMessages.signingOut}
      </p>
      <p>{signInMessages.signingOutText}</p>
    </AuthLayout>
  );
}
