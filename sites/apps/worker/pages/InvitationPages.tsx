// Nobody becomes a worker before they read which school invites them. The link page shows it before they sign in. The
// choice page shows it to a person who has signed in without the link.

import { useEffect, useState } from "preact/hooks";
import { ApiError, errorMessage } from "../../../src/api/client";
import { acceptInvitation, fetchInvitation } from "../../../src/auth/invitation";
import { ErrorText } from "../../../src/ui/ErrorText";
import { LoadFailure } from "../../../src/ui/LoadFailure";
import { Skeleton } from "../../../src/ui/Skeleton";
import { AuthLayout } from "../../../src/ui/AuthLayout";
import type { Invitation } from "../../../src/api/types";
import { session } from "../../../src/sync/store";
import { type InvitationChoiceProps, type InvitationLinkProps, signOut } from "../../../src/features/app/start";
import { messages } from "../../../src/i18n/messages";
import { pageMessages } from "../../../src/i18n/page-messages";

const ACCEPTED_KEY = "accepted"; // the id of the invitation that was accepted in this tab, before signing in
const { invitation: texts } = pageMessages;

/** Shows which school sent the invitation, and how to accept. `close` shows the site's sign-in page. */
export function InvitationLinkPage({ config, auth, invitationId, close }: InvitationLinkProps) {
  const [found, setFound] = useState<Invitation>();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const load = () => {
    setProblem(undefined);
    fetchInvitation(config, invitationId).then(
      (invitation) => (invitation ? setFound(invitation) : close(texts.expired)),
      () => setProblem(messages.auth.unreachable),
    );
  };
  // eslint-disable-next-line react-hooks/exhaustive-deps -- another link is the only reason to load again
  useEffect(load, [invitationId]);
  const accept = (page?: string) => {
    setBusy(true);
    auth.tabStorage.set(ACCEPTED_KEY, invitationId);
    auth.startSignIn(false, page).catch(() => {
      setProblem(messages.auth.unreachable);
      setBusy(false);
    });
  };
  const newAccount = config.new_account;
  return (
    <AuthLayout site={messages.site.worker}>
      {!found && !problem && <Skeleton label={texts.loading} lines={3} />}
      {problem && <LoadFailure text={problem} retry={load} />}
      {found && (
        <>
          <h2 class="lead strong">{texts.from(found.school)}</h2>
          <p>{texts.means}</p>
          <p class="muted">{texts.address}</p>
          <div class="auth-actions">
            {newAccount && (
              <button type="button" class="button primary wide" aria-disabled={busy} onClick={() => accept(newAccount)}>
                {texts.acceptNew}
              </button>
            )}
            <button
              type="button"
              class={newAccount ? "button wide" : "button primary wide"}
              aria-disabled={busy}
              onClick={() => accept()}
            >
              {texts.acceptKnown}
            </button>
            <button type="button" class="button wide quiet" onClick={() => close()}>
              {texts.notNow}
            </button>
          </div>
        </>
      )}
    </AuthLayout>
  );
}

/**
 * For a person who has signed in and is not a worker yet: which invitation do they accept? `onJoined` opens the site.
 */
export function InvitationChoicePage({ config, auth, onJoined }: InvitationChoiceProps) {
  const [found, setFound] = useState<readonly Invitation[]>();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const accept = async (id: string) => {
    setBusy(true);
    try {
      const isWorker = await acceptInvitation(session.call, id);
      auth.tabStorage.remove(ACCEPTED_KEY);
      if (isWorker) return onJoined();
      setProblem(texts.gone);
      await load();
    } catch (error) {
      setProblem(errorMessage(error));
      if (error instanceof ApiError) await load();
    } finally {
      setBusy(false);
    }
  };
  const load = async () => {
    const { invitations } = await session.call("listInvitations");
    setFound(invitations);
    return invitations;
  };
  const start = () => {
    setProblem(undefined);
    const accepted = auth.tabStorage.get(ACCEPTED_KEY);
    auth.tabStorage.remove(ACCEPTED_KEY); // only once: if it fails, the person is asked
    load()
      .then((invitations) => (invitations.some(({ id }) => id === accepted) ? accept(accepted as string) : undefined))
      .catch((error: unknown) => setProblem(errorMessage(error)));
  };
  // eslint-disable-next-line react-hooks/exhaustive-deps -- once
  useEffect(start, []);
  return (
    <AuthLayout site={messages.site[config.site]}>
      {!found && !problem && <Skeleton label={texts.loading} lines={3} />}
      {!found && problem && <LoadFailure text={problem} retry={start} />}
      {found && (
        <>
          <h2 class="lead strong">{texts.title(found)}</h2>
          {problem && <ErrorText text={problem} />}
          <p>{[pageMessages.refusals.not_invited, texts.means][found.length] ?? texts.meansSeveral}</p>
          <ul class="invitations">
            {found.length > 1 &&
              found.map(({ id, school }) => (
                <li key={id}>
                  <strong dir="auto">{school}</strong>
                  <button
                    type="button"
                    class="button primary"
                    aria-label={texts.acceptFrom(school)}
                    aria-disabled={busy}
                    onClick={() => !busy && void accept(id)}
                  >
                    {texts.accept}
                  </button>
                </li>
              ))}
          </ul>
          <div class="auth-actions">
            {found.length === 1 &&
              found.map(({ id }) => (
                <button
                  key={id}
                  type="button"
                  class="button primary wide"
                  aria-disabled={busy}
                  onClick={() => !busy && void accept(id)}
                >
                  {texts.accept}
                </button>
              ))}
            <button type="button" class="button wide" onClick={signOut}>
              {found.length === 0 ? pageMessages.stopped.otherAddress : texts.notNow}
            </button>
          </div>
        </>
      )}
    </AuthLayout>
  );
}
