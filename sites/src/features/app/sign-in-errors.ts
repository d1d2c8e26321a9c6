// Why a person could not sign in, though uconnect can be reached: the browser stores nothing, or its clock is off.

import { SignedOutError } from "../../auth/auth";
import { StorageBlockedError } from "../../auth/pending-auth";
import { clockOffset } from "../../browser/server-clock";
import { storageStatus } from "../../browser/storage";
import { pageMessages } from "../../i18n/page-messages";

const { signIn: texts } = pageMessages;

export const start = (error: unknown): string =>
  error instanceof StorageBlockedError ? texts.cookies : texts.notStarted(String(error));

export function finish(error: unknown): string {
  if (error instanceof SignedOutError && storageStatus.peek() === "forbidden") return texts.cookies;
  const minutes = Math.round(-clockOffset.peek() / 60_000);
  return Math.abs(minutes) < 2 ? texts.notFinished : texts.clockOff(minutes);
}
