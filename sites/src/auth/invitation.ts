// An invitation is shown before anybody signs in, and accepted by its id.

import { type ApiClient, ApiError } from "../api/client";
import type { Config } from "../api/config";
import type { Invitation } from "../api/types";

/** The invitation with this id; null if it is over. Throws if the server cannot be reached. */
export async function fetchInvitation(config: Config, id: string): Promise<Invitation | null> {
  const response = await fetch(`${config.api}/invitations/${id}`, { signal: AbortSignal.timeout(15_000) });
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`invitations: ${response.status}`);
  return (await response.json()) as Invitation;
}

/**
 * Accepts the invitation with this id. Returns true if the person is a worker now, also if another tab accepted it
 * before. Returns false if the invitation is over and the person is no worker.
 */
export async function acceptInvitation(call: ApiClient, id: string): Promise<boolean> {
  try {
    await call("acceptInvitation", {}, id);
    return true;
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
    return isWorker(call);
  }
}

async function isWorker(call: ApiClient): Promise<boolean> {
  try {
    await call("me");
    return true;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}
