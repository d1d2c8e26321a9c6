// Nobody becomes a worker without having read whose: before they sign in, where a letter's link led here, and else after it.

import { useEffect, useState } from "preact/hooks";
import { Refused, say } from "../common/api";
import { accept as acceptInvitation, whoInvites } from "../common/invitation";
import { Failure, Skeleton } from "../common/parts/bits";
import { Before } from "../common/parts/Door";
import type { Invitation } from "../common/protocol";
import { session } from "../common/session";
import type { AskedProps, LinkedProps } from "../common/start";
import { words } from "../common/words";
import { more } from "../common/words-more";

const ACCEPTED = "accepted"; // the place whose invitation was accepted in this tab, before signing in
const { invited } = more;

/** Whose letter it was, and the ways in; `close` leads to the site's own door. */
export function Linked({ config, auth, place, close }: LinkedProps) {
  const [found, setFound] = useState<Invitation>();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const look = () => {
    setProblem(undefined);
    whoInvites(config, place).then(
      (invitation) => (invitation ? setFound(invitation) : close(invited.over)),
      () => setProblem(words.door.unreachable),
    );
  };
  useEffect(look, [place]);
  const accept = (page?: string) => {
    setBusy(true);
    auth.tab.set(ACCEPTED, place);
    auth.begin(false, page).catch(() => {
      setProblem(words.door.unreachable);
      setBusy(false);
    });
  };
  const newAccount = config.new_account;
  return (
    <Before site={words.site.worker}>
      {!found && !problem && <Skeleton label={invited.loading} lines={3} />}
      {problem && <Failure text={problem} retry={look} />}
      {found && (
        <>
          <h2 class="lead strong">{invited.by(found.school)}</h2>
          <p>{invited.means}</p>
          <p class="muted">{invited.address}</p>
          <div class="door-actions">
            {newAccount && (
              <button type="button" class="button primary wide" aria-disabled={busy} onClick={() => accept(newAccount)}>
                {invited.acceptNew}
              </button>
            )}
            <button type="button" class={newAccount ? "button wide" : "button primary wide"} aria-disabled={busy} onClick={() => accept()}>
              {invited.acceptKnown}
            </button>
            <button type="button" class="button wide quiet" onClick={() => close()}>
              {invited.notNow}
            </button>
          </div>
        </>
      )}
    </Before>
  );
}

/** Signed in and invited, and no worker yet: which school's invitation is accepted? `joined` lets them in. */
export function Asked({ config, auth, joined }: AskedProps) {
  const [found, setFound] = useState<readonly Invitation[]>();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const accept = async (place: string) => {
    setBusy(true);
    try {
      const isIn = await acceptInvitation(session.call, place);
      auth.tab.remove(ACCEPTED);
      if (isIn) return joined();
      setProblem(invited.gone);
      await load();
    } catch (error) {
      setProblem(say(error));
      if (error instanceof Refused) await load();
    } finally {
      setBusy(false);
    }
  };
  const load = async () => {
    const { invitations } = await session.call("listInvitations");
    setFound(invitations);
    return invitations;
  };
  const begin = () => {
    setProblem(undefined);
    const accepted = auth.tab.get(ACCEPTED);
    auth.tab.remove(ACCEPTED); // once: should it fail, the person is asked
    load()
      .then((invitations) => (invitations.some(({ id }) => id === accepted) ? accept(accepted as string) : undefined))
      .catch((error: unknown) => setProblem(say(error)));
  };
  useEffect(begin, []);
  const leave = () => void auth.leave(() => undefined).catch(() => location.reload());
  return (
    <Before site={words.site[config.site]}>
      {!found && !problem && <Skeleton label={invited.loading} lines={3} />}
      {!found && problem && <Failure text={problem} retry={begin} />}
      {found && (
        <>
          <h2 class="lead strong">{invited.title(found)}</h2>
          {problem && (
            <p class="wrong" role="alert">
              {problem}
            </p>
          )}
          <p>{[words.refusals.not_invited, invited.means][found.length] ?? invited.meansSeveral}</p>
          <ul class="invitations">
            {found.length > 1 &&
              found.map(({ id, school }) => (
                <li key={id}>
                  <strong>{school}</strong>
                  <button
                    type="button"
                    class="button primary"
                    aria-label={invited.acceptFrom(school)}
                    aria-disabled={busy}
                    onClick={() => !busy && accept(id)}
                  >
                    {invited.accept}
                  </button>
                </li>
              ))}
          </ul>
          <div class="door-actions">
            {found.length === 1 &&
              found.map(({ id }) => (
                <button key={id} type="button" class="button primary wide" aria-disabled={busy} onClick={() => !busy && accept(id)}>
                  {invited.accept}
                </button>
              ))}
            <button type="button" class="button wide" onClick={leave}>
              {found.length === 0 ? words.door.otherAddress : invited.notNow}
            </button>
          </div>
        </>
      )}
    </Before>
  );
}
