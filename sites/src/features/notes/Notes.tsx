// Notes are internal: they are not part of the thread, and the raiser cannot read them.

import type { ComponentChild, RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { shortcut } from "../../browser/single-keys";
import type { InternalEntry } from "../../sync/internal-notes";
import { currentMinute } from "../../browser/server-clock";
import type { Account } from "../../sync/account";
import { countLeft, isAccepted } from "../../i18n/clean-text";
import { TEXT_FIELDS } from "../../i18n/text-fields";
import { markedWords } from "../../sync/opened-place";
import { account, internalNotes, internalNotesErrors } from "../../sync/store";
import { loadInternalNotes } from "../../sync/load-internal-notes";
import { refresh } from "../../sync/sync";
import { shortDate, fullDateTime } from "../../i18n/time";
import { pageMessages } from "../../i18n/page-messages";
import { withoutQuotes } from "../../i18n/without-quotes";
import { errorMessage } from "../../api/client";
import { announce } from "../../ui/announce";
import { Form } from "../../ui/Form";
import { mentionsMe, mentionWords } from "./mentions";
import { MentionTool } from "./MentionTool";
import { NotSent } from "../thread/NotSent";
import { SHOWN_BELOW, useCharactersLeft } from "../../ui/characters-left";
import { MarkedText } from "../../ui/MarkedText";
import { TimeButton } from "../../ui/Time";
import { LoadFailure } from "../../ui/LoadFailure";
import { Skeleton } from "../../ui/Skeleton";
import { DraftConflicts } from "../drafts/lazy-editors";
import { toast } from "../../ui/toast";

const texts = pageMessages.notes;

interface NotesProps {
  id: string;
  /** Who can read the notes, in one sentence. */
  audience: string;
  /** The name of a note's author, or of the worker that a thread was assigned to. */
  author: (entry: InternalEntry) => string;
  /** The name of the one other person who can read a note that is written now. */
  reader?: string | undefined;
  /** What is offered below an entry. */
  after?: (entry: InternalEntry) => ComponentChild;
}

export function Notes({ id, audience, author, reader, after }: NotesProps) {
  const entries = internalNotes.value.get(id);
  const error = internalNotesErrors.value.get(id);
  const ownAccount = account.value;
  const section = useRef<HTMLElement>(null);
  const newFrom = useNotesSeen(id, section, author);
  return (
    <section class="notes" ref={section}>
      <h3>{texts.title}</h3>
      <p class="hint">{audience}</p>
      {!entries && error ? (
        <LoadFailure text={error} retry={() => void refresh(loadInternalNotes(id))} />
      ) : !entries ? (
        <Skeleton label={texts.loading} lines={2} />
      ) : entries.length === 0 ? (
        <p class="muted">{texts.none}</p>
      ) : (
        <ol>
          {entries.map((entry) => (
            <li key={entry.seq} class={classOf(entry)}>
              <NoteSigns isNew={entry.seq === newFrom} isMention={mentionsMe(entry)} />
              {"text" in entry && (
                <div class="note-text" dir="auto">
                  <MarkedText text={entry.text} words={[...markedWords.value, ...mentionWords(entry.text)]} />
                </div>
              )}
              <p class="note-meta">
                <bdi>{author(entry)}</bdi> ·{" "}
                <TimeButton
                  at={entry.at}
                  text={shortDate(entry.at, currentMinute.value)}
                  full={fullDateTime(entry.at)}
                  isReached={entry === entries.at(-1)}
                />
              </p>
              {after?.(entry)}
            </li>
          ))}
        </ol>
      )}
      {ownAccount && <UnsentNotes id={id} ownAccount={ownAccount} />}
      {ownAccount && <NoteForm id={id} ownAccount={ownAccount} reader={reader} />}
    </section>
  );
}

function NoteSigns({ isNew, isMention }: { isNew: boolean; isMention: boolean }) {
  if (!isNew && !isMention) return null;
  return (
    <p class="note-signs">
      {isNew && <span class="new-note">{texts.new}</span>}
      {isNew && isMention && " · "}
      {isMention && <span class="mention-tag">{texts.mention.you}</span>}
    </p>
  );
}

const classOf = (entry: InternalEntry): string =>
  entry.as === "assigned" ? "note assignment" : mentionsMe(entry) ? "note mentions-me" : "note";

/**
 * Notes are seen as soon as they are shown: they are read out, and not new the next time. Returns the number of the first
 * that was new when they were shown. In a narrow window the column with them is hidden, and a dialog shows them.
 */
function useNotesSeen(id: string, section: RefObject<HTMLElement | null>, author: NotesProps["author"]): number {
  const newFrom = useRef(0);
  const shown = useRef<readonly InternalEntry[] | null>(null);
  const entries = internalNotes.value.get(id);
  const marks = account.value?.marks;
  useEffect(() => {
    if (!entries || !marks || !section.current?.checkVisibility()) return;
    const unseen = marks.unseenNotes(id, entries);
    const arrived = shown.current ? unseen : [];
    for (const entry of arrived)
      if ("text" in entry) {
        const say = mentionsMe(entry) ? texts.announceMention : texts.announce;
        announce(say(author(entry), withoutQuotes(entry.text)));
      }
    shown.current = entries;
    marks.seeNotes(id, entries);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a note that comes is read out once
  }, [id, entries, marks]);
  if (!newFrom.current && entries && marks) newFrom.current = marks.unseenNotes(id, entries)[0]?.seq ?? 0;
  return newFrom.current;
}

/** Notes that are being sent, or that the server refused. */
function UnsentNotes({ id, ownAccount }: { id: string; ownAccount: Account }) {
  const { outbox } = ownAccount;
  const items = outbox.items.value.filter(({ kind, about }) => kind === "note" && about === id);
  return items.length === 0 ? null : (
    <ol>
      {items.map((item) => (
        <li key={item.key} class="note">
          <p class="note-text" dir="auto">
            {item.text}
          </p>
          <p class="note-meta">
            {item.refused !== null && <NotSent reason={item.refused} />}
            {item.refused === null && pageMessages.log.sending}{" "}
            {(item.refused !== null || item.unsure) && (
              <button type="button" class="link" onClick={() => void outbox.retry(item.key)}>
                {pageMessages.log.retry}
              </button>
            )}{" "}
            {item.refused !== null && (
              <button type="button" class="link" onClick={() => outbox.discard(item.key)}>
                {pageMessages.log.discard}
              </button>
            )}
          </p>
        </li>
      ))}
    </ol>
  );
}

/** A note is a draft until it is sent, and pending until the server confirms it. */
let forms = 0; // in a column and in a dialog, so each field has an id of its own

interface NoteFormProps extends Pick<NotesProps, "id" | "reader"> {
  ownAccount: Account;
}

function NoteForm({ id, ownAccount, reader }: NoteFormProps) {
  const target = `note:${id}`;
  const [fieldId] = useState(() => `note-${++forms}`);
  const { text } = ownAccount.drafts.get(target);
  const area = useRef<HTMLTextAreaElement>(null);
  const charactersLeft = countLeft(text, TEXT_FIELDS.note);
  const left = pageMessages.composer.left(charactersLeft, TEXT_FIELDS.note.most);
  useCharactersLeft(charactersLeft, left);
  const add = async () => {
    if (!isAccepted(text, TEXT_FIELDS.note)) return;
    if (!ownAccount.send("note", id)) toast(pageMessages.composer.changed);
    area.current?.focus();
  };
  return (
    <Form class="note-form" submit={add} describeError={errorMessage}>
      <DraftConflicts target={target} />
      <label class="visually-hidden" for={fieldId}>
        {texts.write}
      </label>
      {reader && <MentionTool area={area} names={[reader]} />}
      <div class="note-box" data-key={shortcut("n")}>
        <textarea
          ref={area}
          id={fieldId}
          rows={2}
          value={text}
          placeholder={texts.placeholder}
          dir={text ? "auto" : undefined}
          aria-keyshortcuts={shortcut("n")}
          aria-invalid={charactersLeft < 0}
          aria-describedby={
            [reader && `${fieldId}-hint`, charactersLeft <= SHOWN_BELOW && `${fieldId}-left`]
              .filter(Boolean)
              .join(" ") || undefined
          }
          onInput={(event) => ownAccount.drafts.write(target, { text: event.currentTarget.value, subject: "" })}
        />
      </div>
      {reader && (
        <p class="hint" id={`${fieldId}-hint`}>
          {texts.mention.hint(reader)}
        </p>
      )}
      {charactersLeft <= SHOWN_BELOW && (
        <p id={`${fieldId}-left`} class={charactersLeft < 0 ? "error-text" : "hint"}>
          {left}
        </p>
      )}
      <button type="submit" class="button" disabled={!isAccepted(text, TEXT_FIELDS.note)}>
        {texts.add}
      </button>
    </Form>
  );
}
