// A school's workers come by its invitation and leave by its word, and each shows what they hold now.

import { useEffect, useRef, useState } from "preact/hooks";
import { say } from "../common/api";
import { randomKey } from "../common/outbox";
import { Skeleton, useAct } from "../common/parts/bits";
import { confirm } from "../common/parts/Dialog";
import { Monogram } from "../common/parts/Icon";
import { toast } from "../common/parts/Toasts";
import type { WorkerCard } from "../common/protocol";
import { loadTeam } from "../common/resume";
import { session, team } from "../common/session";
import { words } from "../common/words";

const said = words.workers;

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
  return (
    <li class="person">
      <Monogram name={worker.name} />
      <div class="person-text">
        <p class="strong">{worker.name}</p>
        <p class="muted">{worker.email}</p>
        <p class="muted">{worker.joined ? words.hands.load(worker.load) : said.invited}</p>
      </div>
      <button
        type="button"
        class="button quiet"
        aria-label={said.removeNamed(worker.name)}
        aria-disabled={busy}
        onClick={() => act(remove)}
      >
        {said.remove}
      </button>
    </li>
  );
}

function InviteForm() {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [wrong, setWrong] = useState<{ name?: string; email?: string; all?: string }>({});
  const [busy, act] = useAct();
  const key = useRef(randomKey());
  const form = useRef<HTMLFormElement>(null);
  const invite = async () => {
    const found = {
      ...(name.trim() ? {} : { name: said.nameMissing }),
      ...(/^[^@\s]+@[^@\s]+$/.test(email.trim()) ? {} : { email: said.emailWrong }),
    };
    setWrong(found);
    const first = found.name ? "name" : found.email ? "email" : null;
    if (first) return form.current?.querySelector<HTMLElement>(`[name=${first}]`)?.focus();
    try {
      await session.call("inviteWorker", { key: key.current, name: name.trim(), email: email.trim() });
      toast(said.sent(email.trim()));
      key.current = randomKey();
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
      <div class="field">
        <label for="name">{said.name}</label>
        <input id="name" name="name" maxLength={80} autocomplete="off" value={name} aria-describedby="name-wrong" aria-invalid={!!wrong.name} onInput={(event) => setName(event.currentTarget.value)} />
        <p class="wrong" id="name-wrong">
          {wrong.name}
        </p>
      </div>
      <div class="field">
        <label for="email">{said.email}</label>
        <input id="email" name="email" type="email" maxLength={254} autocomplete="off" value={email} aria-describedby="email-wrong" aria-invalid={!!wrong.email} onInput={(event) => setEmail(event.currentTarget.value)} />
        <p class="wrong" id="email-wrong">
          {wrong.email}
        </p>
      </div>
      {wrong.all && (
        <p class="wrong" role="alert">
          {wrong.all}
        </p>
      )}
      <button type="submit" class="button primary" aria-disabled={busy}>
        {said.invite}
      </button>
    </form>
  );
}
