// What is noted here stays inside: it is another stream than the thread's, and whoever asked has no way to it.

import { useId, useRef, useState } from "preact/hooks";
import { say } from "../api";
import type { Aside } from "../asides";
import { minute } from "../clock";
import { randomKey } from "../outbox";
import { TEXT_POINTS } from "../protocol";
import { asides, besides, session } from "../session";
import { brief, exact } from "../time";
import { words } from "../words";
import { more } from "../words-more";
import { Skeleton, useAct } from "./bits";

const said = more.notes;

interface NotesProps {
  id: string;
  /** For whom the notes are, in one sentence. */
  about: string;
  /** Who wrote a note, or whose hands a thread came into, as this site says it. */
  line: (entry: Aside) => string;
}

export function Notes({ id, about, line }: NotesProps) {
  const held = asides.value.get(id);
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
      <Write id={id} />
    </section>
  );
}

/** A note is a draft until the server has it; trying again after a lost answer writes it once. */
function Write({ id }: { id: string }) {
  const place = `note:${id}`;
  const field = useId();
  const [text, setText] = useState(() => session.drafts.get(place));
  const [wrong, setWrong] = useState("");
  const [busy, act] = useAct();
  const key = useRef(randomKey());
  const area = useRef<HTMLTextAreaElement>(null);
  const left = TEXT_POINTS - [...text].length;
  const write = (value: string) => {
    setText(value);
    session.drafts.set(place, value);
  };
  const add = async () => {
    try {
      const { entry } = await session.call("writeNote", { key: key.current, text: text.trim() }, id);
      besides(id, [entry]);
      key.current = randomKey();
      setWrong("");
      write("");
      area.current?.focus();
    } catch (error) {
      setWrong(say(error));
    }
  };
  return (
    <form
      class="note-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() && left >= 0) act(add);
      }}
    >
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
        onInput={(event) => write(event.currentTarget.value)}
      />
      {left < 400 && <p class={left < 0 ? "wrong" : "hint"}>{words.composer.left(left)}</p>}
      {wrong && (
        <p class="wrong" role="alert">
          {wrong}
        </p>
      )}
      <button type="submit" class="button" disabled={!text.trim() || left < 0} aria-disabled={busy}>
        {said.add}
      </button>
    </form>
  );
}
