// An account is closed by whoever it belongs to, who has read what it means and typed its name.

import { useState } from "preact/hooks";
import { alike } from "../alike";
import { Refused, say } from "../api";
import { useAct } from "../parts/bits";
import { Dialog } from "../parts/Dialog";
import { Field } from "../parts/Field";
import type { Me } from "../protocol";
import { account, session } from "../session";
import { out } from "../start";
import { more } from "../words-more";

const { close } = more;

export function ClosePart({ party, kind }: { party: Me; kind: "user" | "school" }) {
  const [asking, ask] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [busy, act] = useAct();
  const begin = async () => {
    setProblem(undefined);
    if (kind === "school") {
      const { open } = await session.call("overview");
      if (open > 0) return setProblem(close.asked(open));
    }
    ask(true);
  };
  return (
    <section class="part">
      <button type="button" class="button danger-quiet outdent" aria-disabled={busy} onClick={() => act(begin)}>
        {close.action}
      </button>
      <p class="muted">{close.text[kind]}</p>
      {problem && (
        <p class="wrong" role="alert" ref={(line) => line?.scrollIntoView({ block: "nearest" })}>
          {problem}
        </p>
      )}
      {asking && <Ask party={party} kind={kind} close={() => ask(false)} />}
    </section>
  );
}

function Ask({ party, kind, close: leave }: { party: Me; kind: "user" | "school"; close: () => void }) {
  const [typed, type] = useState("");
  const [wrong, setWrong] = useState<{ text: string; again: boolean }>();
  const [busy, act] = useAct();
  const same = alike(typed, party.name);
  const end = async () => {
    try {
      await session.call("closeAccount");
    } catch (error) {
      return setWrong({ text: say(error), again: error instanceof Refused && error.code === "sign_in_again" });
    }
    account.peek()?.clear();
    out(close.closed);
  };
  return (
    <Dialog title={close.title} close={leave}>
      <p>
        {close.text[kind]} <strong>{close.final}</strong>
      </p>
      <form
        class="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (same) act(end);
        }}
      >
        <Field name="confirm" label={close.type(party.name)} wrong={wrong?.text}>
          {(named) => <input {...named} value={typed} autocomplete="off" onInput={(event) => type(event.currentTarget.value)} />}
        </Field>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={leave}>
            {close.keep}
          </button>
          {wrong?.again ? (
            <button type="button" class="button primary" aria-disabled={busy} onClick={() => act(() => session.auth.begin(true))}>
              {close.again}
            </button>
          ) : (
            <button type="submit" class="button danger" disabled={!same} aria-disabled={busy}>
              {close.action}
            </button>
          )}
        </div>
      </form>
    </Dialog>
  );
}
