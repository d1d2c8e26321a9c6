// A person closes their account. They read what it means, and confirm with their name.

import { useState } from "preact/hooks";
import { isSameText } from "../../i18n/compare-text";
import { ApiError, errorMessage } from "../../api/client";
import { useAction } from "../app/use-action";
import { ErrorText } from "../../ui/ErrorText";
import { Dialog } from "../../ui/Dialog";
import { Form, useForm } from "../../ui/Form";
import { TextField } from "../../ui/TextField";
import type { Me } from "../../api/types";
import { session } from "../../sync/store";
import { signOutForGood } from "../app/start";
import { pageMessages } from "../../i18n/page-messages";

const { closeAccount: texts } = pageMessages;

export function CloseAccount({ party, kind }: { party: Me; kind: "user" | "school" }) {
  const [isAsking, setIsAsking] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [busy, run] = useAction();
  const open = async () => {
    setProblem(undefined);
    if (kind === "school") {
      const { open } = await session.call("overview");
      if (open > 0) return setProblem(texts.stillOpen(open));
    }
    setIsAsking(true);
  };
  return (
    <section class="page-section">
      <button type="button" class="button danger-quiet outdent" aria-disabled={busy} onClick={() => run(open)}>
        {texts.action}
      </button>
      <p class="muted">{texts.text[kind]}</p>
      {problem && <ErrorText text={problem} intoView />}
      {isAsking && <ConfirmClose party={party} kind={kind} onCancel={() => setIsAsking(false)} />}
    </section>
  );
}

function ConfirmClose({ party, kind, onCancel }: { party: Me; kind: "user" | "school"; onCancel: () => void }) {
  const [name, setName] = useState("");
  const [mustSignIn, setMustSignIn] = useState(false);
  const [busy, run] = useAction();
  const matches = isSameText(name, party.name);
  const closeAccount = async () => {
    if (!matches) return {};
    try {
      await session.call("closeAccount");
    } catch (error) {
      setMustSignIn(error instanceof ApiError && error.code === "sign_in_again");
      return { confirm: errorMessage(error) };
    }
    return signOutForGood(texts.closed);
  };
  return (
    <Dialog title={texts.title} onClose={onCancel}>
      <p>
        {texts.text[kind]} <strong>{texts.final}</strong>
      </p>
      <Form submit={closeAccount} describeError={errorMessage}>
        <TextField name="confirm" label={texts.type(party.name)} value={name} autocomplete="off" onInput={setName} />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onCancel}>
            {texts.keep}
          </button>
          {mustSignIn ? (
            <button
              type="button"
              class="button primary"
              aria-disabled={busy}
              onClick={() => run(() => session.auth.startSignIn(true))}
            >
              {texts.again}
            </button>
          ) : (
            <CloseButton disabled={!matches} />
          )}
        </div>
      </Form>
    </Dialog>
  );
}

function CloseButton({ disabled }: { disabled: boolean }) {
  const { busy } = useForm();
  return (
    <button type="submit" class="button danger" disabled={disabled} aria-disabled={busy}>
      {texts.action}
    </button>
  );
}
