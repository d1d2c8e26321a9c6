// Where everything is comes from `config.json` beside the site: the same bytes run anywhere.

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

export async function loadConfig(): Promise<Config> {
  const response = await fetch("config.json", { cache: "no-cache", signal: AbortSignal.timeout(15_000) });
  if (!response.ok) throw new Error(`config.json: ${response.status}`);
  return (await response.json()) as Config;
}
