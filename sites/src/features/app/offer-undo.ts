// What was done can be undone for a few seconds. If the undo fails, its person is told, and can try it again.

import { ApiError, errorMessage } from "../../api/client";
import { pageMessages } from "../../i18n/page-messages";
import { toast } from "../../ui/toast";

const RETRY_SECONDS = 20; // longer than other toasts: without this one, nobody knows that the undo has failed
const { undo: texts } = pageMessages;

export function offerUndo(done: string, undo: () => Promise<unknown>, seconds?: number): void {
  const onFailure = (error: unknown) => {
    const text = texts.failed(errorMessage(error));
    if (error instanceof ApiError && error.status < 500) toast(text, { seconds: RETRY_SECONDS });
    else offerUndo(text, undo, RETRY_SECONDS);
  };
  toast(done, { seconds, action: { label: texts.action, run: () => void undo().catch(onFailure) } });
}
