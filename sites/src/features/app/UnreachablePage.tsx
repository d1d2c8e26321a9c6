// The page while uconnect cannot be reached.

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
