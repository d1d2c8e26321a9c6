// Signs out, after a question if messages would be lost.

import { account, session } from "../../sync/store";
import { pageMessages } from "../../i18n/page-messages";
import { confirm } from "../../ui/ConfirmDialog";
import { signOut } from "../app/start";

const { settings } = pageMessages;

export async function askToSignOut(): Promise<void> {
  if (await mayLoseMessages()) signOut();
}

/** The same on every device: the server ends the other sign-ins, and this page ends its own. */
export async function askToSignOutEverywhere(): Promise<void> {
  if (!(await mayLoseMessages())) return;
  await session.call("signOut");
  signOut();
}

async function mayLoseMessages(): Promise<boolean> {
  const unsent = account.peek()?.outbox.items.peek().length ?? 0;
  const question = {
    title: settings.signOutTitle,
    text: settings.unsent(unsent),
    confirmLabel: settings.signOut,
    cancelLabel: settings.stay,
    danger: true,
  };
  return unsent === 0 || confirm(question);
}
