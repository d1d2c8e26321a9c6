// A school's saved replies, by their folders: it writes, edits, moves and deletes them here.

import { ArrowLeft, Search } from "lucide";
import { useEffect, useState } from "preact/hooks";
import type { SavedReply } from "../../../src/api/types";
import { href } from "../../../src/browser/route";
import { messages } from "../../../src/i18n/messages";
import { pageMessages } from "../../../src/i18n/page-messages";
import { newIdempotencyKey } from "../../../src/sync/idempotency-key";
import { ensureSavedReplies, loadSavedReplies, savedReplies, savedRepliesError } from "../../../src/sync/saved-replies";
import { session } from "../../../src/sync/store";
import { refresh } from "../../../src/sync/sync";
import { offerUndo } from "../../../src/features/app/offer-undo";
import { useAction } from "../../../src/features/app/use-action";
import { usePageTitle } from "../../../src/features/app/use-page-title";
import { findReplies, sortReplies } from "../../../src/features/saved-replies/find-replies";
import { RenameFolderDialog } from "../../../src/features/saved-replies/RenameFolderDialog";
import { NEW_REPLY, SavedReplyDialog } from "../../../src/features/saved-replies/SavedReplyDialog";
import { EmptyState } from "../../../src/ui/EmptyState";
import { Icon } from "../../../src/ui/Icon";
import { LoadFailure } from "../../../src/ui/LoadFailure";
import { Skeleton } from "../../../src/ui/Skeleton";

const { savedReplies: texts } = pageMessages;
const SEARCHED = 8; // replies from which on they can be searched: fewer are seen at a glance

export function SavedRepliesPage() {
  const [open, setOpen] = useState<typeof NEW_REPLY | null>(null);
  const [renamed, setRenamed] = useState("");
  const [typed, setTyped] = useState("");
  usePageTitle(texts.title);
  useEffect(ensureSavedReplies, []);
  const list = savedReplies.value;
  const folders = [...new Set(sortReplies(list?.replies ?? []).map(({ folder }) => folder))];
  const found = new Set(findReplies(list?.replies ?? [], typed));
  const shown = sortReplies(list?.replies ?? []).filter((reply) => found.has(reply));
  const addButton = (
    <button type="button" class="button primary" onClick={() => setOpen(NEW_REPLY)}>
      {texts.add}
    </button>
  );
  return (
    <div class="page">
      <a class="back-link" href={href("settings")}>
        <Icon of={ArrowLeft} size={16} />
        {messages.nav.settings}
      </a>
      <div class="page-head">
        <h1 class="page-title" tabIndex={-1}>
          {texts.title}
        </h1>
        {list && <p class="muted">{texts.of(list.replies.length, list.most)}</p>}
      </div>
      <p class="muted">{texts.about}</p>
      {!list && savedRepliesError.value && (
        <LoadFailure text={savedRepliesError.value} retry={() => void refresh(loadSavedReplies())} />
      )}
      {!list && !savedRepliesError.value && <Skeleton label={texts.loading} />}
      {list && (
        <>
          {list.replies.length === 0 ? (
            <EmptyState title={texts.none} text={texts.noneText}>
              {addButton}
            </EmptyState>
          ) : list.replies.length < list.most ? (
            <p>{addButton}</p>
          ) : (
            <p class="muted">{pageMessages.refusals.saved_replies_full}</p>
          )}
          {list.replies.length >= SEARCHED && (
            <label class="search">
              <span class="visually-hidden">{texts.search}</span>
              <Icon of={Search} size={18} />
              <input
                type="search"
                dir={typed ? "auto" : undefined}
                value={typed}
                placeholder={texts.search}
                onInput={(event) => setTyped(event.currentTarget.value)}
              />
            </label>
          )}
          {folders.map((folder) => (
            <Folder
              key={folder}
              name={folder || (folders.length > 1 ? texts.noFolder : "")}
              replies={shown.filter((reply) => reply.folder === folder)}
              edit={setOpen}
              rename={folder ? () => setRenamed(folder) : null}
            />
          ))}
          <p class="muted" role="status">
            {typed !== "" && shown.length === 0 && texts.noMatch(typed)}
          </p>
        </>
      )}
      {open && <SavedReplyDialog reply={open} folders={folders.filter(Boolean)} close={() => setOpen(null)} />}
      {renamed && <RenameFolderDialog folder={renamed} folders={folders} close={() => setRenamed("")} />}
    </div>
  );
}

interface FolderProps {
  name: string;
  replies: readonly SavedReply[];
  edit: (reply: SavedReply) => void;
  /** null: these replies have no folder. */
  rename: (() => void) | null;
}

function Folder({ name, replies, edit, rename }: FolderProps) {
  return replies.length === 0 ? null : (
    <section class="page-section">
      {name && (
        <div class="folder-head">
          <h2>
            <bdi>{name}</bdi>
          </h2>
          {rename && (
            <button type="button" class="button quiet" aria-label={texts.renameNamed(name)} onClick={rename}>
              {texts.rename}
            </button>
          )}
        </div>
      )}
      <ul class="saved-replies" aria-label={name || texts.title}>
        {replies.map((reply) => (
          <Reply key={reply.id} reply={reply} edit={() => edit(reply)} />
        ))}
      </ul>
    </section>
  );
}

function Reply({ reply, edit }: { reply: SavedReply; edit: () => void }) {
  const [busy, run] = useAction();
  return (
    <li class="saved-reply">
      <p class="strong" dir="auto">
        {reply.title}
      </p>
      <p class="reply-text" dir="auto">
        {reply.text}
      </p>
      <div class="reply-actions">
        <button type="button" class="button quiet" aria-label={texts.editNamed(reply.title)} onClick={edit}>
          {texts.edit}
        </button>
        <button
          type="button"
          class="button quiet"
          aria-label={texts.deleteNamed(reply.title)}
          aria-disabled={busy}
          onClick={() => run(() => remove(reply))}
        >
          {texts.delete}
        </button>
      </div>
    </li>
  );
}

/** Deletes a reply, and offers to save it anew. */
async function remove({ id, folder, title, text }: SavedReply): Promise<void> {
  await session.call("deleteSavedReply", {}, id);
  const key = newIdempotencyKey();
  offerUndo(texts.deleted(title), async () => {
    await session.call("addSavedReply", { key, folder, title, text });
    await refresh(loadSavedReplies());
  });
  await refresh(loadSavedReplies());
}
