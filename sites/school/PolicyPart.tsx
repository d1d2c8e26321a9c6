// What happens to a new thread is the school's choice between two plain sentences.

import { useAct } from "../common/parts/bits";
import { toast } from "../common/parts/Toasts";
import type { Policy } from "../common/protocol";
import { renew } from "../common/resume";
import { session } from "../common/session";
import { more } from "../common/words-more";

const { policy: said, settings } = more;
const TEXT: Record<Policy, string> = { by_hand: said.byHandText, automatic: said.automaticText };
const POLICIES: readonly Policy[] = ["by_hand", "automatic"];

export function PolicyPart({ policy }: { policy: Policy }) {
  const [, act] = useAct();
  const choose = async (chosen: Policy) => {
    await session.call("setPolicy", { policy: chosen });
    await renew("me");
    toast(settings.saved);
  };
  return (
    <fieldset class="part themes">
      <legend>{said.title}</legend>
      {POLICIES.map((name) => (
        <label key={name} class="choice tall">
          <input type="radio" name="policy" checked={policy === name} onChange={() => act(() => choose(name))} />
          <span>
            {said[name]}
            <span class="hint">{TEXT[name]}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
