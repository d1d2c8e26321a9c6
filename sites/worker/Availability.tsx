// Whether new threads may come by themselves is the worker's own switch, in sight wherever the list is.

import { useAct } from "../common/parts/bits";
import { renew } from "../common/resume";
import { me, session } from "../common/session";
import { words } from "../common/words";

export function Availability() {
  const [busy, act] = useAct();
  const available = me.value?.available;
  if (available == null) return null;
  const turn = async () => {
    await session.call("setAvailability", { available: !available });
    await renew("me");
  };
  return (
    <button type="button" role="switch" class="switch" aria-checked={available} aria-disabled={busy} onClick={() => act(turn)}>
      {words.hands.available}
      <i aria-hidden="true" />
    </button>
  );
}
