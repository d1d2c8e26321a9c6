// A school's workers come by its invitation and leave by its word, and each shows what they hold now.

import { useEffect, useRef, useState } from "preact/hooks";
import { say } from "../common/api";
import { RetryKey } from "../common/drafts/keys";
import { cleanLine } from "../common/drafts/text";
import { Skeleton, useAct } from "../common/parts/bits";
import { confirm } from "../common/parts/Dialog";
import { Field, toFirst, type Wrong } from "../common/parts/Field";
import { Monogram } from "../common/parts/Icon";
import { toast } from "../common/parts/Toasts";
import type { WorkerCard } from "../common/protocol";
import { loadTeam } from "../common/resume";
import { session, team } from "../common/session";
import { words } from "../common/words";
import { more } from "../common/words-more";

const said = more.workers;

export function WorkersPage() {
  useEffect(() => {
    if (team.peek()) void loadTeam().catch(() => undefined);
  }, []);
  const list = team.value;
  return (
    <div class="page">
      <div class="page-head">
        <h1 class="page-title" tabIndex={-1}>
          {said.title}
        </h1>
        {list && <p class="muted">{said.of(list.workers.length, list.most)}</p>}
      </div>
      {!list ? (
        <Skeleton label={said.loading} />
      ) : (
        <>
          <ul class="people" aria-label={said.title}>
            {list.workers.map((worker) => (
              <Worker key={worker.id} worker={worker} />
            ))}
          </ul>
          <section class="part">
            <h2>{list.workers.length ? said.inviteTitle : said.first}</h2>
            {list.workers.length === 0 && <p class="muted">{said.firstText}</p>}
            {list.workers.length >= list.most ? <p class="muted">{words.refusals.five_workers}</p> : <InviteForm />}
          </section>
        </>
      )}
    </div>
  );
}

function Worker({ worker }: { worker: WorkerCard }) {
  const [busy, act] = useAct();
  const remove = async () => {
    const question = { title: said.removeTitle(worker.name), text: said.removeText(worker.load), yes: said.remove, no: said.keep, danger: true };
    if (!(await confirm(question))) return;
    await session.call("removeWorker", {}, worker.id);
    toast(said.removed(worker.name));
    await loadTeam();
  };
  const resend = async () => {
    await session.call("resendInvitation", {}, worker.id);
    toast(said.resent(worker.email));
  };
  return (
    <li class="person">
      <Monogram name={worker.name} />
      <div class="person-text">
        <p class="strong">{worker.name}</p>
        <p class="muted">{worker.email}</p>
        <p class="muted">{worker.joined ? words.hands.load(worker.load) : said.invited}</p>
        {worker.joined && !worker.available && <p class="muted">{said.away}</p>}
      </div>
      <div class="person-actions">
        {!worker.joined && (
          <button
            type="button"
            class="button quiet"
            aria-label={said.resendNamed(worker.name)}
            aria-disabled={busy}
            onClick={() => act(resend)}
          >
            {said.resend}
          </button>
        )}
        <button
          type="button"
          class="button quiet"
          aria-label={said.removeNamed(worker.name)}
          aria-disabled={busy}
          onClick={() => act(remove)}
        >
          {said.remove}
        </button>
      </div>
    </li>
  );
}

function InviteForm() {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [wrong, setWrong] = useState<Wrong>({});
  const [busy, act] = useAct();
  const key = useRef(new RetryKey());
  const form = useRef<HTMLFormElement>(null);
  const invite = async () => {
    const found: Wrong = {
      ...(name.trim() ? {} : { name: said.nameMissing }),
      ...(/^[^@\s]+@[^@\s]+$/.test(email.trim()) ? {} : { email: said.emailWrong }),
    };
    setWrong(found);
    if (toFirst(form.current, found)) return;
    try {
      const invited = { name: cleanLine(name), email: cleanLine(email) };
      await session.call("inviteWorker", { key: key.current.for(JSON.stringify(invited)), ...invited });
      toast(said.sent(invited.email));
      key.current.done();
      setName("");
      setEmail("");
      await loadTeam();
    } catch (error) {
      setWrong({ all: say(error) });
    }
  };
  return (
    <form
      ref={form}
      class="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        act(invite);
      }}
    >
      <Field name="name" label={said.name} wrong={wrong["name"]}>
        {(named) => (
          <input {...named} maxLength={80} autocomplete="off" value={name} onInput={(event) => setName(event.currentTarget.value)} />
        )}
      </Field>
      <Field name="email" label={said.email} wrong={wrong["email"]}>
        {(named) => (
          <input {...named} type="email" maxLength={254} autocomplete="off" value={email} onInput={(event) => setEmail(event.currentTarget.value)} />
        )}
      </Field>
      {wrong["all"] && (
        <p class="wrong" role="alert">
          {wrong["all"]}
        </p>
      )}
      <button type="submit" class="button primary" aria-disabled={busy}>
        {said.invite}
      </button>
    </form>
  );
}
