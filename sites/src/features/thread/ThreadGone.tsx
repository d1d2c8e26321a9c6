// In place of a thread that is not there: why, and what was written and not sent.

import { useEffect, useRef } from "preact/hooks";
import type { Row } from "../../api/protocol";
import { href, route } from "../../browser/route";
import { pageMessages } from "../../i18n/page-messages";
import { removedRows } from "../../sync/store";
import { UnsentTexts } from "../drafts/lazy-editors";

const { threadGone: texts } = pageMessages;

/** Only an ended thread can be deleted. If an open thread left its worker, it was taken back. */
const reasonFor = (row: Row): string =>
  row.as === "worker" && row.state === "terminated" ? texts.workerEnded : texts[row.as];

export function ThreadGone({ id }: { id: string }) {
  const lastRow = removedRows.value.get(id);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [id]);
  return (
    <div class="empty-state">
      <h1 class="empty-state-title" tabIndex={-1} ref={heading}>
        {texts.title}
      </h1>
      <p>{lastRow ? reasonFor(lastRow) : texts.unknown}</p>
      <UnsentTexts id={id} reason="gone" />
      <a class="button" href={href(route.value.page)}>
        {pageMessages.toList}
      </a>
    </div>
  );
}
