// The module that opens an account's drafts and outbox is loaded after the first page, and bound to one account.

import { OtherAccountError } from "../auth/auth";
import { lazyImport } from "../browser/lazy-import";
import type { Me } from "../api/types";
import type { Account } from "./account";
import type { DeliveryOutcome } from "./outbox";
import { account, session } from "./store";

const importAccountModule = () => import("./open-account");
export const loadAccountModule = () => lazyImport(importAccountModule);
let accountModule: Awaited<ReturnType<typeof loadAccountModule>> | null = null;
let openingAccount: Promise<Account> | null = null;

/** The party is known: open what this browser keeps for it. A page belongs to one account as long as it is open. */
export async function bindAccount(party: Me): Promise<void> {
  openingAccount ??= openFor(party).catch((error: unknown) => {
    openingAccount = null;
    throw error;
  });
  account.value = await openingAccount;
  if (account.peek()?.party === party.id) return;
  session.onRejected(new OtherAccountError());
  throw new OtherAccountError();
}

async function openFor(party: Me): Promise<Account> {
  accountModule = await loadAccountModule();
  return accountModule.openAccountFor(party);
}

/** The server's answer to a message, or with null that no answer will come to any. */
export const settleDelivery = (key: string | null, outcome: DeliveryOutcome): void =>
  accountModule?.settleDelivery(key, outcome);
