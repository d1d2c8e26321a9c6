// In place of what could not be loaded: why, and a button that tries again.

import { messages } from "../i18n/messages";

export function LoadFailure({ text, retry }: { text: string; retry: () => void }) {
  return (
    <div class="failure">
      <p role="alert">{text}</p>
      <button type="button" class="button" onClick={retry}>
        {messages.auth.tryAgain}
      </button>
    </div>
  );
}
