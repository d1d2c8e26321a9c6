// Who became a worker by mistake leaves by themselves, until their first answer; after it their school decides.

import { useState } from "preact/hooks";
import { Refused, say } from "../common/api";
import { useAct } from "../common/parts/bits";
import { confirm } from "../common/parts/Dialog";
import { account, session } from "../common/session";
import { out } from "../common/start";
import { more } from "../common/words-more";

const { leave } = more;

/** What a call is answered that comes after the one which did it. */
const DONE_BEFORE = new Set(["invited", "not_invited", "account_ended"]);

export function LeavePart({ school }: { school: string }) {
  const [wrong, setWrong] = useState<{ text: string; again: boolean }>();
  const [busy, act] = useAct();
  const end = async () => {
    setWrong(undefined);
    const question = { title: leave.question(school), text: leave.questionText, yes: leave.action(school), no: leave.stay };
    if (!(await confirm({ ...question, danger: true }))) return;
    try {
      await session.call("closeAccount");
    } catch (error) {
      const code = error instanceof Refused ? error.code : "";
      if (!DONE_BEFORE.has(code)) return setWrong({ text: say(error), again: code === "sign_in_again" });
    }
    account.peek()?.clear();
    out(leave.left(school));
  };
  return (
    <section class="part">
      <h2>{leave.title}</h2>
      <p class="muted">{leave.text(school)}</p>
      <button type="button" class="button danger-quiet outdent" aria-disabled={busy} onClick={() => act(end)}>
        {leave.action(school)}
      </button>
      {wrong && (
        <p class="wrong" role="alert" ref={(line) => line?.scrollIntoView({ block: "nearest" })}>
          {wrong.text}
        </p>
      )}
      {wrong?.again && (
        <button type="button" class="button" aria-disabled={busy} onClick={() => act(() => session.auth.begin(true))}>
          {leave.again}
        </button>
      )}
    </section>
  );
}
