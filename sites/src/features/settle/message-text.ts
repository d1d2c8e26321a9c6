// What a message says. A question whether a thread is settled, and its answer, are said in the reader's language.

import type { Message } from "../thread/timeline";
import { pageMessages } from "../../i18n/page-messages";

const { settle: texts } = pageMessages;

export const messageText = ({ kind, text }: Pick<Message, "kind" | "text">): string =>
  kind === "ask_to_end" ? texts.question : kind === "not_yet" ? texts.notYet : text;
