// Signs out a person who is away, on a computer that people share. What was typed stays, encrypted.

import { SignedOutError } from "../../auth/auth";
import { dropError } from "../../browser/drop-error";
import { parseStored } from "../../browser/storage";
import { lazyImport } from "../../browser/lazy-import";
import { pageMessages } from "../../i18n/page-messages";
import { session } from "../../sync/store";
import { Dialog } from "../../ui/Dialog";
import { overlay } from "../../ui/Overlay";
import { watchIdle } from "./watch-idle";

interface StoredTokens {
  refresh: string | null;
  id: string | null;
}

const { idle: texts } = pageMessages;
const importOpenid = () => import("../../auth/openid");
const storedTokens = () => parseStored<StoredTokens>(session.auth.storage.stored("tokens"), () => true);

/** Begins to watch. Returns how to stop. */
export function signOutWhenIdle(): () => void {
  let before = overlay.peek();
  const warn = (isNear: boolean) => {
    if (isNear) before = overlay.peek();
    overlay.value = isNear ? <IdleDialog stay={() => watch.act()} /> : before;
  };
  const watch = watchIdle({
    storage: session.auth.storage,
    limit: session.config.idle * 60_000,
    since: authTime(storedTokens()?.id ?? null),
    warn,
    end: () => void signOutNow().catch(dropError("the server ends the sign-in later")),
  });
  return watch.stop;
}

/**
 * The page shows nothing of the account from now on, nor do the other tabs. Then the issuer is told. If it cannot be
 * reached, the sign-in ends there a few minutes later.
 */
async function signOutNow(): Promise<void> {
  const { auth, config } = session;
  const tokens = storedTokens();
  overlay.value = null;
  auth.clearTokens();
  session.onRejected(new SignedOutError());
  if (!tokens) return; // another tab was first
  auth.tabStorage.set("note", texts.signedOut);
  const { endSession } = await lazyImport(importOpenid);
  location.assign(await endSession(config, tokens.refresh, tokens.id));
}

/** When the person of an ID token last proved who they are, in ms; 0 if it does not say. The issuer's clock. */
function authTime(id: string | null): number {
  try {
    const payload = (id ?? "").split(".")[1] ?? "";
    const claims = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))) as { auth_time?: number };
    return (claims.auth_time ?? 0) * 1000;
  } catch {
    return 0;
  }
}

function IdleDialog({ stay }: { stay: () => void }) {
  return (
    <Dialog title={texts.title} onClose={stay}>
      <p>{texts.text}</p>
      <div class="dialog-actions">
        <button type="button" class="button primary" onClick={stay}>
          {texts.stay}
        </button>
      </div>
    </Dialog>
  );
}
