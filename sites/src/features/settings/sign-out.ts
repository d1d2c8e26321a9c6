// Signs out, after a question if messages would be lost.

import { account } from "../../sync/store";
import { pageMessages } from "../../i18n/page-messages";
import { confirm } from "../../ui/ConfirmDialog";
import { signOut } from "../app/start";

const { settings } = pageMessages;

export async function askToSignOut(): Promise<void> {
  const unsent = account.peek()?.outbox.items.peek().length ?? 0;
  const question = {
    title: settings.signOutTitle,
    text: settings.unsent(unsent),
    confirmLabel: settings.signOut,
    cancelLabel: settings.stay,
    danger: true,
  };
  if (unsent > 0 && !(await confirm(question))) return;
  signOut();
}
