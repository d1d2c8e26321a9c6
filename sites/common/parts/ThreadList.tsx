// A list of threads says of each who, what about, the last word and what is new, and nothing its viewer may not know.

import type { ComponentChildren } from "preact";
import { minute } from "../clock";
import { unread } from "../fold";
import type { Row, Shelf } from "../protocol";
import { loadOlder } from "../resume";
import { address, route } from "../route";
import { account, mySide, older, session, typing, view } from "../session";
import { brief, exact } from "../time";
import { words } from "../words";
import { useAct } from "./bits";
import { Monogram } from "./Icon";

interface ThreadListProps {
  rows: readonly Row[];
  page: string;
  label: string;
  who: (row: Row) => string;
  /** The picture of whom it is with, where they have one. */
  picture?: (row: Row) => string;
  /** A word at the row's end, such as whose hands it is in. */
  tag?: (row: Row) => ComponentChildren;
  /** "You", or "Us" where several people write for one side. */
  own: (text: string) => string;
}

export function ThreadList({ rows, page, label, who, picture, tag, own }: ThreadListProps) {
  return (
    <ul class="rows" aria-label={label}>
      {rows.map((row) => (
        <li key={row.id}>
          <ThreadLink row={row} page={page} who={who(row)} picture={picture?.(row) ?? ""} tag={tag?.(row)} own={own} />
        </li>
      ))}
    </ul>
  );
}

interface ThreadLinkProps {
  row: Row;
  page: string;
  who: string;
  picture: string;
  tag: ComponentChildren;
  own: (text: string) => string;
}

function ThreadLink({ row, page, who, picture, tag, own }: ThreadLinkProps) {
  const news = unread(view.value, row);
  const here = route.value.id === row.id;
  return (
    <a href={address(page, row.id)} class={news ? "row unread" : "row"} aria-current={here ? "page" : undefined}>
      <Monogram name={who} picture={picture} />
      <span class="row-who">{who}</span>
      <time class="row-at" title={exact(row.at)}>
        {brief(row.at, minute.value)}
      </time>
      <span class="row-subject" dir="auto">
        {row.subject}
      </span>
      <span class="row-last" dir="auto">
        <LastWord row={row} who={who} own={own} />
      </span>
      {tag && <span class="row-tag">{tag}</span>}
      {news > 0 && (
        <span class="badge">
          <span aria-hidden="true">{news > 99 ? "99+" : news}</span>
          <span class="sr">{words.list.unread(news)}</span>
        </span>
      )}
    </a>
  );
}

function LastWord({ row, who, own }: { row: Row; who: string; own: (text: string) => string }) {
  const mine = account.value;
  const unsent = (mine?.acts.items.value ?? []).filter(({ kind, about }) => kind === "message" && about === row.id);
  const stuck = session.socket.state.value !== "open" || unsent.some((item) => item.refused !== null);
  if (unsent.length && stuck) return <em>{words.list.unsent}</em>;
  if (typing.value.has(row.id)) return <em>{words.thread.typing(who)}</em>;
  const draft = route.value.id === row.id ? "" : mine?.drafts.of(row.id).text;
  if (draft) return <em>{words.list.draft(draft.slice(0, 80))}</em>;
  if (!row.last) return null;
  return row.last.side === mySide(row) ? <>{own(row.last.text)}</> : <>{row.last.text}</>;
}

export function More({ shelf }: { shelf: Shelf }) {
  const [busy, act] = useAct();
  if (!older.value[shelf]) return null;
  return (
    <button type="button" class="button quiet more" aria-disabled={busy} onClick={() => act(() => loadOlder(shelf))}>
      {words.list.more}
    </button>
  );
}
