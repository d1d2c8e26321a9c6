// The second table of texts: those of pages that are loaded after the first page, and of the server's refusals. Each part
// has a table for each language.

import { en as account } from "./account-messages";
import { isolateArguments } from "./isolate";
import { language, refusals as refusalsShown } from "./messages";
import { en as office } from "./office-messages";
import { en as refusals } from "./refusal-messages";
import { en as threads } from "./thread-messages";

const en = { ...threads, ...office, ...account, refusals };

export type PageMessages = typeof en;

export const tables: Record<string, PageMessages> = { en };

export const pageMessages = isolateArguments(tables[language] as PageMessages);
Object.assign(refusalsShown, pageMessages.refusals);
