// What is noted here stays inside: it is another stream than the thread's, and whoever asked has no way to it.

import { useId, useRef } from "preact/hooks";
import type { Aside as Entry } from "../asides";
import { minute } from "../clock";
import type { Account } from "../drafts/account";
import { TEXT_POINTS } from "../protocol";
import { account, asides } from "../session";
import { brief, exact } from "../time";
import { words } from "../words";
import { more } from "../words-more";
import { Skeleton } from "./bits";
import { Aside } from "./writing";
import { toast } from "./Toasts";

const said = more.notes;

interface NotesProps {
  id: string;
  /** For whom the notes are, in one sentence. */
  about: string;
  /** Who wrote a note, or whose hands a thread came into, as this site says it. */
  line: (entry: Entry) => string;
}

export function Notes({ id, about, line }: NotesProps) {
  const held = asides.value.get(id);
  const mine = account.value;
  return (
    <section class="notes">
      <h3>{said.title}</h3>
      <p class="hint">{about}</p>
      {!held ? (
        <Skeleton label={said.loading} lines={2} />
      ) : held.length === 0 ? (
        <p class="muted">{said.none}</p>
      ) : (
        <ol>
          {held.map((entry) => (
            <li key={entry.seq} class={entry.as === "assigned" ? "note hand" : "note"}>
              {"text" in entry && (
                <p class="note-text" dir="auto">
                  {entry.text}
                </p>
              )}
              <p class="note-by">
                {line(entry)} · <time title={exact(entry.at)}>{brief(entry.at, minute.value)}</time>
              </p>
            </li>
          ))}
        </ol>
      )}
      {mine && <Unsent id={id} mine={mine} />}
      {mine && <Write id={id} mine={mine} />}
    </section>
  );
}

/** Notes that are on their way, or that the server did not take. */
function Unsent({ id, mine }: { id: string; mine: Account }) {
  const { acts } = mine;
  const unsent = acts.items.value.filter(({ kind, about }) => kind === "note" && about === id);
  return unsent.length === 0 ? null : (
    <ol>
      {unsent.map((act) => (
        <li key={act.key} class="note">
          <p class="note-text" dir="auto">
            {act.text}
          </p>
          <p class="note-by" role={act.refused === null ? undefined : "alert"}>
            {act.refused !== null && <strong>{words.thread.notSent}</strong>} {act.refused ?? words.thread.sending}{" "}
            {(act.refused !== null || act.unsure) && (
              <button type="button" class="link" onClick={() => void acts.retry(act.key)}>
                {words.thread.retry}
              </button>
            )}{" "}
            {act.refused !== null && (
              <button type="button" class="link" onClick={() => acts.discard(act.key)}>
                {words.thread.discard}
              </button>
            )}
          </p>
        </li>
      ))}
    </ol>
  );
}

/** A note is a draft until it is sent, and unsent until the server has it. */
function Write({ id, mine }: { id: string; mine: Account }) {
  const place = `note:${id}`;
  const field = useId();
  const { text } = mine.drafts.of(place);
  const area = useRef<HTMLTextAreaElement>(null);
  const left = TEXT_POINTS - [...text].length;
  const add = () => {
    if (!text.trim() || left < 0) return;
    if (!mine.send("note", id)) toast(words.composer.changed);
    area.current?.focus();
  };
  return (
    <form
      class="note-form"
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <Aside place={place} />
      <label class="sr" for={field}>
        {said.write}
      </label>
      <textarea
        ref={area}
        id={field}
        rows={2}
        value={text}
        placeholder={said.placeholder}
        dir={text ? "auto" : undefined}
        onInput={(event) => mine.drafts.write(place, { text: event.currentTarget.value, subject: "" })}
      />
      {left < 400 && <p class={left < 0 ? "wrong" : "hint"}>{words.composer.left(left)}</p>}
      <button type="submit" class="button" disabled={!text.trim() || left < 0}>
        {said.add}
      </button>
    </form>
  );
}
