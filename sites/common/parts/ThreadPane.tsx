// A thread looks the same to everyone who reads it: its head, its log, and one place to write while it is open.

import { ArrowLeft } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Row } from "../protocol";
import { catchUp, checking, logFailure } from "../resume";
import { address, route } from "../route";
import { lastRows, loaded, rows, view } from "../session";
import { words } from "../words";
import { Failure, Empty, Skeleton } from "./bits";
import { Icon } from "./Icon";
import { Composer, KeptTexts } from "./writing";
import { type Author, Log } from "./Log";

interface ThreadPaneProps<R extends Row> {
  row: R;
  /** Whom the viewer talks to, by the name they know. */
  who: string;
  under: ComponentChildren;
  actions: ComponentChildren;
  author: Author;
  /** Asks the writer, if need be, whether a message may leave as it is. */
  mayLeave?: (text: string) => Promise<boolean>;
  /** What is offered below a thread that has ended. */
  afterEnd?: ComponentChildren;
}

export function ThreadPane<R extends Row>({ row, who, under, actions, author, mayLeave, afterEnd }: ThreadPaneProps<R>) {
  const log = view.value.logs.get(row.id);
  return (
    <>
      <header class="thread-head">
        <BackArrow />
        <div class="thread-title">
          <h1 tabIndex={-1}>
            <bdi>{row.subject}</bdi>
          </h1>
          <p class="under">{under}</p>
        </div>
        <div class="thread-actions">{actions}</div>
      </header>
      {log ? (
        <Log row={row} log={log} author={author} who={who} />
      ) : logFailure.value ? (
        <Failure text={logFailure.value} retry={() => void catchUp(row.id)} />
      ) : (
        <div class="log">
          <Skeleton label={words.thread.loading} lines={5} />
        </div>
      )}
      {row.state === "open" ? (
        <Composer id={row.id} who={who} {...(mayLeave && { mayLeave })} />
      ) : (
        <footer class="over">
          <p>{words.refusals.thread_terminated}</p>
          <KeptTexts id={row.id} why="ended" />
          {afterEnd && <div class="over-actions">{afterEnd}</div>}
        </footer>
      )}
    </>
  );
}

function BackArrow() {
  return (
    <a class="icon-button back" href={address(route.value.page)} aria-label={words.nav.back}>
      <Icon of={ArrowLeft} />
    </a>
  );
}

/** Only what has ended can be deleted: what was open and left its worker was taken back. */
function whyGone(row: Row): string {
  const { goneFor } = words.thread;
  return row.as === "worker" && row.state === "terminated" ? goneFor.workerEnded : goneFor[row.as];
}

/** In place of a thread: none chosen, not loaded yet, or not there any more. */
export function NoThread({ title, text }: { title: string; text: string }) {
  const { id, page } = route.value;
  const gone = id !== "" && loaded.value && checking.value !== id;
  const left = lastRows.value.get(id);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (gone) heading.current?.focus();
  }, [gone]);
  if (id === "") return rows.value.length ? <Empty title={title} text={text} /> : null;
  if (!gone) return <Skeleton label={words.thread.loading} lines={5} />;
  return (
    <div class="empty">
      <h1 class="empty-title" tabIndex={-1} ref={heading}>
        {words.thread.gone}
      </h1>
      <p>{left ? whyGone(left) : words.thread.goneText}</p>
      <KeptTexts id={id} why="gone" />
      <a class="button" href={address(page)}>
        {words.thread.toList}
      </a>
    </div>
  );
}
