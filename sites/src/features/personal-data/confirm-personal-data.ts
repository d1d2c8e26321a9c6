// Before a message leaves: does it tell the other side who wrote it, where they should not know?

import { pageMessages } from "../../i18n/page-messages";
import { me, session } from "../../sync/store";
import { confirm } from "../../ui/ConfirmDialog";
import { detectPII } from "./detect-pii";

const { personalData: texts } = pageMessages;

/** Returns whether a text has no personal data of its author, or the author wants to send it all the same. */
export async function confirmPersonalData(text: string, author: "worker" | "raiser"): Promise<boolean> {
  const own = me.peek();
  const isPerson = session.config.site !== "school";
  const found = own ? detectPII(text, { name: own.name, email: own.email, isPerson }) : [];
  if (found.length === 0) return true;
  const kinds = found.map((kind) => texts.kinds[kind]).reduce((one, other) => texts.and(one, other));
  return confirm({
    title: texts.title,
    text: texts.text[author](kinds),
    confirmLabel: texts.send,
    cancelLabel: texts.change,
    preferred: "cancel",
  });
}
