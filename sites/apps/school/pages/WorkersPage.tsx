// A school's workers: it invites and removes them here, and sees how many threads each one handles.

import { useEffect, useRef, useState } from "preact/hooks";
import { errorMessage } from "../../../src/api/client";
import { IdempotencyKey } from "../../../src/sync/idempotency-key";
import { cleanLine } from "../../../src/i18n/clean-text";
import { textError } from "../../../src/i18n/text-error";
import { TEXT_FIELDS } from "../../../src/i18n/text-fields";
import { PageLoading } from "../../../src/features/app/PageLoading";
import { useAction } from "../../../src/features/app/use-action";
import { confirm } from "../../../src/ui/ConfirmDialog";
import { Form } from "../../../src/ui/Form";
import { TextField } from "../../../src/ui/TextField";
import { Avatar } from "../../../src/ui/Avatar";
import { toast } from "../../../src/ui/toast";
import type { WorkerCard } from "../../../src/api/types";
import { loadTeam, refresh } from "../../../src/sync/sync";
import { session, team } from "../../../src/sync/store";
import { pageMessages } from "../../../src/i18n/page-messages";

const texts = pageMessages.workers;

export function WorkersPage() {
  useEffect(() => {
    if (team.peek()) void refresh(loadTeam());
  }, []);
  const list = team.value;
  return (
    <div class="page">
      <div class="page-head">
        <h1 class="page-title" tabIndex={-1}>
          {texts.title}
        </h1>
        {list && <p class="muted">{texts.of(list.workers.length, list.most)}</p>}
      </div>
      {!list ? (
        <PageLoading label={texts.loading} />
      ) : (
        <>
          <ul class="people" aria-label={texts.title}>
            {list.workers.map((worker) => (
              <Worker key={worker.id} worker={worker} />
            ))}
          </ul>
          <section class="page-section">
            <h2>{list.workers.length ? texts.inviteTitle : texts.first}</h2>
            {list.workers.length === 0 && <p class="muted">{texts.firstText}</p>}
            {list.workers.length >= list.most ? (
              <p class="muted">{pageMessages.refusals.five_workers}</p>
            ) : (
              <InviteForm />
            )}
          </section>
        </>
      )}
    </div>
  );
}

function Worker({ worker }: { worker: WorkerCard }) {
  const [busy, run] = useAction();
  const remove = async () => {
    const question = {
      title: texts.removeTitle(worker.name),
      text: texts.removeText(worker.load),
      confirmLabel: texts.remove,
      cancelLabel: texts.keep,
      danger: true,
    };
    if (!(await confirm(question))) return;
    await session.call("removeWorker", {}, worker.id);
    toast(texts.removed(worker.name));
    await refresh(loadTeam());
  };
  const resend = async () => {
    await session.call("resendInvitation", {}, worker.id);
    toast(texts.resent(worker.email));
  };
  return (
    <li class="person">
      <Avatar name={worker.name} />
      <div class="person-text">
        <p class="strong" dir="auto">
          {worker.name}
        </p>
        <p class="muted" dir="auto">
          {worker.email}
        </p>
        <p class="muted">
          {worker.joined ? pageMessages.assignment.load(worker.load, worker.waiting) : texts.notJoined}
        </p>
        {worker.joined && !worker.available && <p class="muted">{texts.away}</p>}
      </div>
      <div class="person-actions">
        {!worker.joined && (
          <button
            type="button"
            class="button quiet"
            aria-label={texts.resendNamed(worker.name)}
            aria-disabled={busy}
            onClick={() => run(resend)}
          >
            {texts.resend}
          </button>
        )}
        <button
          type="button"
          class="button quiet"
          aria-label={texts.removeNamed(worker.name)}
          aria-disabled={busy}
          onClick={() => run(remove)}
        >
          {texts.remove}
        </button>
      </div>
    </li>
  );
}

/** Whether it looks like an address. The server knows which can be reached. One of the signs is the full-width one. */
const EMAIL = /^[^@＠\s]+[@＠][^@＠\s]+$/;

function InviteForm() {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const key = useRef(new IdempotencyKey());
  const invite = async () => {
    const input = { name: cleanLine(name), email: cleanLine(email) };
    await session.call("inviteWorker", { key: key.current.for(JSON.stringify(input)), ...input });
    toast(texts.sent(input.email));
    key.current.reset();
    setName("");
    setEmail("");
    await refresh(loadTeam());
  };
  const validate = () => ({
    ...textError("name", name, TEXT_FIELDS.name, texts.nameMissing),
    ...(EMAIL.test(cleanLine(email)) ? textError("email", email, TEXT_FIELDS.email) : { email: texts.emailWrong }),
  });
  return (
    <Form validate={validate} submit={invite} describeError={errorMessage} submitLabel={texts.invite}>
      <TextField name="name" label={texts.name} autocomplete="off" value={name} onInput={setName} />
      <TextField name="email" label={texts.email} type="email" autocomplete="off" value={email} onInput={setEmail} />
    </Form>
  );
}
