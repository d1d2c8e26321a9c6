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
}

export async function loadConfig(): Promise<Config> {
  const response = await fetch("config.json", { cache: "no-cache", signal: AbortSignal.timeout(15_000) });
  if (!response.ok) throw new Error(`config.json: ${response.status}`);
  return (await response.json()) as Config;
}
