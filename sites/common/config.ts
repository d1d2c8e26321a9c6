// Where everything is comes from `config.json` beside the site: the same bytes run anywhere.

import { learn } from "./clock";

export interface Config {
  site: "user" | "school" | "worker";
  api: string;
  socket: string;
  issuer: string;
  metadata: string;
  client: string;
  /** Where each site is. */
  sites: Readonly<Record<string, string | undefined>>;
  /** Where to make an account; null: by invitation only. */
  sign_up: string | null;
  /** Where to change password and address, and to see where one is signed in. */
  account: string;
  /** Where to send on what a letter's link holds; null: it names the place one is invited to, which opens nothing. */
  invitation: string | null;
  /** The issuer's page for a new account, to which a request to sign in can be sent as well; null: there is none. */
  new_account: string | null;
}

/** The network or a server did not answer, or not in time. */
export class NoAnswer extends Error {}

export const noAnswer = (error: unknown): never => {
  throw new NoAnswer(String(error), { cause: error });
};

export async function loadConfig(): Promise<Config> {
  const response = await fetch("config.json", { cache: "no-cache", signal: AbortSignal.timeout(15_000) }).catch(noAnswer);
  if (!response.ok) return noAnswer(`config.json: ${response.status}`);
  learn(response);
  return response.json().catch(noAnswer) as Promise<Config>;
}
