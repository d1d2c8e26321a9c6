// In place of what could not be loaded: why, and a button that tries again.

import { messages } from "../i18n/messages";

interface LoadFailureProps {
  text: string;
  retry: () => void;
  /** What the button says, in place of "Try again". */
  label?: string;
}

export function LoadFailure({ text, retry, label = messages.auth.tryAgain }: LoadFailureProps) {
  return (
    <div class="failure">
      <p role="alert">{text}</p>
      <button type="button" class="button" onClick={retry}>
        {label}
      </button>
    </div>
  );
}
