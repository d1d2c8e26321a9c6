// A person who became a worker by mistake can leave until their first answer. After it, only the school can end the
// account.

import { useState } from "preact/hooks";
import { ApiError, errorMessage } from "../../api/client";
import { useAction } from "../app/use-action";
import { ErrorText } from "../../ui/ErrorText";
import { confirm } from "../../ui/ConfirmDialog";
import { session } from "../../sync/store";
import { signOutForGood } from "../app/start";
import { pageMessages } from "../../i18n/page-messages";

const { leaveSchool: texts } = pageMessages;

/** The refusals of a call that repeats one which has succeeded. */
const ALREADY_LEFT = new Set(["invited", "not_invited", "account_ended"]);

export function LeaveSchool({ school }: { school: string }) {
  const [error, setError] = useState<{ text: string; again: boolean; occasion: number }>();
  const [busy, run] = useAction();
  const leaveSchool = async () => {
    setError(undefined);
    const question = {
      title: texts.question(school),
      text: texts.questionText,
      confirmLabel: texts.action(school),
      cancelLabel: texts.stay,
    };
    if (!(await confirm({ ...question, danger: true }))) return;
    try {
      await session.call("closeAccount");
    } catch (error) {
      const code = error instanceof ApiError ? error.code : "";
      if (!ALREADY_LEFT.has(code))
        return setError({ text: errorMessage(error), again: code === "sign_in_again", occasion: performance.now() });
    }
    signOutForGood(texts.left(school));
  };
  return (
    <section class="page-section">
      <h2>{texts.title}</h2>
      <p class="muted">{texts.text(school)}</p>
      <button type="button" class="button danger-quiet outdent" aria-disabled={busy} onClick={() => run(leaveSchool)}>
        {texts.action(school)}
      </button>
      {error && <ErrorText text={error.text} occasion={error.occasion} intoView />}
      {error?.again && (
        <button
          type="button"
          class="button"
          aria-disabled={busy}
          onClick={() => run(() => session.auth.startSignIn(true))}
        >
          {texts.again}
        </button>
      )}
    </section>
  );
}
