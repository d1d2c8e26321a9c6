// The addresses of everything come from `config.json` beside the site, so that the same build runs anywhere.

import { setClockFrom } from "../browser/server-clock";

export interface Config {
  site: "user" | "school" | "worker";
  api: string;
  socket: string;
  /** How often a page asks the socket for a sign of life, at the least, in ms. Where each ping is paid, it is minutes. */
  beat?: number;
  /** How often a page says that somebody still types, in ms, if it is seldomer than TYPING_EVERY. */
  typing?: number;
  issuer: string;
  metadata: string;
  client: string;
  /** The address of each site. */
  sites: Readonly<Record<string, string | undefined>>;
  /** The page for a new account; null if accounts are by invitation only. */
  sign_up: string | null;
  /** The issuer's page about the account; null if it has none. */
  account: string | null;
  /**
   * What can be done on that page: change the password and the e-mail address and see the sessions (`all`), change the
   * password (`password`), the same for those who have one there (`own_password`), or what the university's issuer
   * offers (`issuer`).
   */
  account_offers: "all" | "password" | "own_password" | "issuer";
  /** The issuer's page to add a passkey; null if people cannot sign in with one. */
  passkey: string | null;
  /** Whether the site can sign the person out everywhere. The page about the account does it where it shows sessions. */
  sign_out_everywhere: boolean;
  /**
   * The page that takes the token of an invitation's link; null if the link holds only an invitation's id, which is not
   * secret.
   */
  invitation: string | null;
  /** The page that takes the token of the link in a letter with a code; null if there are none. */
  letter: string | null;
  /** The issuer's page for a new account, which takes an authorization request too; null if there is none. */
  new_account: string | null;
  /** Whether e-mails about new messages are sent. */
  notices: boolean;
  /** Minutes after which a person who is away is signed out; 0 if nobody is. */
  idle: number;
}

/** The network or a server did not answer, or not in time. */
export class UnreachableError extends Error {}

export const throwUnreachable = (error: unknown): never => {
  throw new UnreachableError(String(error), { cause: error });
};

export async function loadConfig(): Promise<Config> {
  const response = await fetch("config.json", { cache: "no-cache", signal: AbortSignal.timeout(15_000) }).catch(
    throwUnreachable,
  );
  if (!response.ok) return throwUnreachable(`config.json: ${response.status}`);
  setClockFrom(response);
  return response.json().catch(throwUnreachable) as Promise<Config>;
}
