// A letter's link carries what opens it behind the #, which a browser sends to no server and no proxy writes down.

import { type Call, Refused } from "./api";
import type { Config } from "./config";
import type { Invitation } from "./protocol";

const LINK = /^#invitation=([A-Za-z0-9_-]{22,64})$/;

/** What the letter's link held that was followed to this page. It is taken out of the address, and so of the history. */
export function opened(): string | null {
  const found = LINK.exec(location.hash)?.[1] ?? null;
  if (found) history.replaceState(history.state, "", location.pathname + location.search);
  return found;
}

/** A link that is followed while the page is open changes only what stands behind the #: begin again with it. */
export function follow(): void {
  addEventListener("hashchange", () => {
    if (LINK.test(location.hash)) location.reload();
  });
}

/** Send what opens the link to the issuer's page for it, in a form: so it is in no address there either. */
export function handOn(page: string, token: string): void {
  const form = document.createElement("form");
  form.method = "post";
  form.action = page;
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "token";
  field.value = token;
  form.append(field);
  document.body.append(form);
  form.submit();
}

/** Who invites to a place, for whoever has its link; null if nobody does any more. Throws where nobody could say. */
export async function whoInvites(config: Config, place: string): Promise<Invitation | null> {
  const response = await fetch(`${config.api}/invitations/${place}`, { signal: AbortSignal.timeout(15_000) });
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`invitations: ${response.status}`);
  return (await response.json()) as Invitation;
}

/** Accept an invitation. False if nobody invites to its place any more; true also if another tab has accepted it before. */
export async function accept(call: Call, place: string): Promise<boolean> {
  try {
    await call("acceptInvitation", {}, place);
    return true;
  } catch (error) {
    if (!(error instanceof Refused && error.status === 404)) throw error;
    return isWorker(call);
  }
}

async function isWorker(call: Call): Promise<boolean> {
  try {
    await call("me");
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}
