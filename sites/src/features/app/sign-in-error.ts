// Why signing in could not start, or did not finish. The sentences are loaded when one is needed.

import { UnreachableError } from "../../api/config";
import { lazyImport, SiteUpdatedError } from "../../browser/lazy-import";
import { messages } from "../../i18n/messages";

const importErrors = () => import("./sign-in-errors");

export async function signInError(error: unknown, step: "start" | "finish"): Promise<string> {
  try {
    if (error instanceof UnreachableError || error instanceof SiteUpdatedError) throw error;
    return (await lazyImport(importErrors))[step](error);
  } catch (why) {
    return why instanceof SiteUpdatedError ? messages.connection.reload : messages.auth.unreachable;
  }
}
