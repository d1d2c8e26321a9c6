// Texts that were written here and not sent stay visible. Their author can copy, use or discard them.

import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { DraftFields } from "../../sync/draft-store";
import type { OutboxItem } from "../../sync/outbox";
import { targetOf } from "../../sync/target";
import { copyText } from "../../browser/copy-text";
import { href } from "../../browser/route";
import { account, isLoaded, missingSchools, schools, thread } from "../../sync/store";
import { loadSchool, refresh } from "../../sync/sync";
import { cutText } from "../../i18n/graphemes";
import { cleanLine } from "../../i18n/clean-text";
import { pageMessages } from "../../i18n/page-messages";
import { toast } from "../../ui/toast";
import { KeptUntil } from "../retention/KeptUntil";

const { unsentTexts: texts } = pageMessages;

/** Beside a text box: texts that another tab wrote for the same target at the same time. */
export function DraftConflicts({ target }: { target: string }) {
  const drafts = account.value?.drafts;
  const conflicts = drafts?.get(target).conflicts ?? [];
  return (
    <>
      {account.value?.isPersisted === false && <p class="composer-note">{texts.memoryOnly}</p>}
      {conflicts.map((fields) => (
        <UnsentText
          key={fields.text}
          fields={fields}
          explanation={texts.conflict}
          discard={() => drafts?.discardConflict(target, fields)}
        >
          <button type="button" class="link" onClick={() => drafts?.useConflict(target, fields)}>
            {texts.useConflict}
          </button>
        </UnsentText>
      ))}
    </>
  );
}

interface UnsentTextsProps {
  id: string;
  reason: "gone" | "ended";
}

/** Where nothing can be written any more: the texts that were not sent, and why; and until when the thread is kept. */
export function UnsentTexts(props: UnsentTextsProps) {
  return (
    <>
      {props.reason === "ended" && <KeptUntil id={props.id} />}
      <TextsNotSent {...props} />
    </>
  );
}

function TextsNotSent({ id, reason }: UnsentTextsProps) {
  const ownAccount = account.value;
  const explanation = texts[reason];
  if (!ownAccount) return null;
  const targets = [id, `note:${id}`, `raise:${id}`];
  const drafts = targets.flatMap((target) => textsOf(target).map((fields) => ({ target: target, fields })));
  const items = ownAccount.outbox.items.value.filter((item) => item.about === id && isStuck(item));
  if (drafts.length + items.length === 0) return null;
  return (
    <section class="unsent-texts" aria-label={texts.title}>
      {drafts.map(({ target: target, fields }) => (
        <UnsentText
          key={target + fields.text}
          fields={fields}
          explanation={explanation}
          discard={() => discardText(target, fields)}
        />
      ))}
      {items.map((item) => (
        <UnsentText
          key={item.key}
          fields={item}
          explanation={explanation}
          discard={() => ownAccount.outbox.discard(item.key)}
        />
      ))}
    </section>
  );
}

/** Below a list: drafts for threads and schools that are not in the list. */
export function OrphanedDrafts({ page }: { page: string }) {
  const ownAccount = account.value;
  const targets = new Set([
    ...(ownAccount?.drafts.targets.value ?? []),
    ...(ownAccount?.outbox.items.value ?? []).map(targetOf),
  ]);
  const unknown = [...targets].filter(isForUnknownSchool).map(idOf).join();
  const areListsLoaded = isLoaded.value;
  useEffect(() => {
    if (areListsLoaded && unknown) void refresh(Promise.all(unknown.split(",").map(loadSchool)));
  }, [unknown, areListsLoaded]);
  if (!areListsLoaded) return null;
  const orphaned = [...targets].filter(isOrphaned);
  if (orphaned.length === 0) return null;
  return (
    <section class="orphaned-drafts" aria-label={texts.orphaned}>
      <h2 class="list-heading">{texts.orphaned}</h2>
      <ul>
        {orphaned.map((target) => (
          <li key={target}>
            <a href={href(target.startsWith("raise:") ? "schools" : page, idOf(target))}>
              <bdi>{firstWords(target)}</bdi>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

const idOf = (target: string): string => target.split(":").at(-1) ?? "";

function isForUnknownSchool(target: string): boolean {
  const id = idOf(target);
  return target.startsWith("raise:") && !schools.value.has(id) && !missingSchools.value.has(id);
}

function isOrphaned(target: string): boolean {
  const id = idOf(target);
  if (!target.startsWith("raise:")) return !thread(id).row;
  return missingSchools.value.has(id) || schools.value.get(id)?.takes === false;
}

/** The first words of a draft. */
function firstWords(target: string): string {
  const item = account.peek()?.outbox.itemsFor(target)[0];
  const fields = textsOf(target)[0] ?? item;
  return cutText(cleanLine(fields?.subject || fields?.text || ""), 60);
}

/** Nothing can be sent to a thread that is gone. If a thread has ended, its log shows the unsent messages. */
const isStuck = (item: OutboxItem): boolean => item.refused !== null || item.kind === "raise";

/** The draft of a target, and its conflicts. */
export function textsOf(target: string): readonly DraftFields[] {
  const draft = account.value?.drafts.get(target);
  if (!draft) return [];
  const own = draft.text.trim() || draft.subject.trim() ? [{ text: draft.text, subject: draft.subject }] : [];
  return [...own, ...draft.conflicts];
}

function discardText(target: string, fields: DraftFields): void {
  const drafts = account.peek()?.drafts;
  const draft = drafts?.get(target);
  if (draft?.text === fields.text && draft.subject === fields.subject) drafts?.write(target, { text: "", subject: "" });
  else drafts?.discardConflict(target, fields);
}

interface TextProps {
  fields: DraftFields;
  explanation: string;
  discard: () => void;
  children?: ComponentChildren;
}

function UnsentText({ fields, explanation, discard, children }: TextProps) {
  const fullText = [fields.subject, fields.text].filter(Boolean).join("\n\n");
  const copy = async () => toast((await copyText(fullText)) ? texts.copied : texts.notCopied);
  return (
    <div class="unsent-text">
      <p class="hint">{explanation}</p>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a long text scrolls, also with the keyboard */}
      <p class="note-text" dir="auto" tabIndex={0}>
        {fullText}
      </p>
      <p>
        {children}
        <button type="button" class="link" onClick={() => void copy()}>
          {texts.copy}
        </button>
        <button type="button" class="link" onClick={discard}>
          {texts.discard}
        </button>
      </p>
    </div>
  );
}
