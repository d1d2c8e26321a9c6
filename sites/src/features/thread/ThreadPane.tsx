// The view of a thread: its header, its log, and the composer while the thread is open.

import { ArrowLeft } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { Row } from "../../api/protocol";
import { logError } from "../../sync/open-thread";
import { fetchMissingLog, keepLogComplete } from "../../sync/thread-log";
import { href, route } from "../../browser/route";
import { thread } from "../../sync/store";
import { messages } from "../../i18n/messages";
import { pageMessages } from "../../i18n/page-messages";
import { LoadFailure } from "../../ui/LoadFailure";
import { Skeleton } from "../../ui/Skeleton";
import { Icon } from "../../ui/Icon";
import { usePageTitle } from "../app/use-page-title";
import { Composer, UnsentTexts } from "../drafts/lazy-editors";
import type { ComposerTool } from "./Composer";
import type { AuthorOf } from "./LogItem";
import { MessageLog } from "./MessageLog";

interface ThreadPaneProps<R extends Row> {
  row: R;
  /** The name of the other side, as the viewer knows it. */
  otherName: string;
  subtitle: ComponentChildren;
  actions: ComponentChildren;
  authorOf: AuthorOf;
  /** Asks the author, if needed, whether a message may be sent as it is. */
  confirmSend?: (text: string) => Promise<boolean>;
  /** Above the composer. */
  notice?: ComponentChildren;
  /** Beside the text box. */
  tool?: ComposerTool;
  /** Between the log and the composer. */
  question?: ComponentChildren;
  /** Actions below a thread that has ended. */
  afterEnd?: ComponentChildren;
}

export function ThreadPane<R extends Row>({
  row,
  otherName,
  subtitle,
  actions,
  authorOf,
  confirmSend,
  notice,
  tool,
  question,
  afterEnd,
}: ThreadPaneProps<R>) {
  const { log } = thread(row.id);
  useEffect(() => keepLogComplete(row.id), [row.id]);
  usePageTitle(row.subject);
  return (
    <>
      <header class="thread-head">
        <BackLink />
        <div class="thread-title">
          <h1 tabIndex={-1}>
            <bdi>{row.subject}</bdi>
          </h1>
          <p class="thread-subtitle">{subtitle}</p>
        </div>
        <div class="thread-actions">{actions}</div>
      </header>
      {log ? (
        <MessageLog row={row} log={log} authorOf={authorOf} otherName={otherName} />
      ) : logError.value ? (
        <LoadFailure text={logError.value} retry={() => void fetchMissingLog(row.id)} />
      ) : (
        <div class="log">
          <Skeleton label={messages.thread.loading} lines={5} />
        </div>
      )}
      {question}
      {row.state === "open" ? (
        <>
          {notice}
          <Composer id={row.id} recipient={otherName} tool={tool} {...(confirmSend && { confirmSend })} />
        </>
      ) : (
        <footer class="thread-ended">
          <p>{pageMessages.refusals.thread_terminated}</p>
          <UnsentTexts id={row.id} reason="ended" />
          {afterEnd && <div class="thread-ended-actions">{afterEnd}</div>}
        </footer>
      )}
    </>
  );
}

function BackLink() {
  return (
    <a
      class="icon-button back"
      href={href(route.value.page)}
      aria-label={pageMessages.toList}
      aria-keyshortcuts="Escape"
    >
      <Icon of={ArrowLeft} />
    </a>
  );
}
