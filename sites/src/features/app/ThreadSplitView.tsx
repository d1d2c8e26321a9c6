// The list of a site's threads beside the thread that the address names.

import type { ComponentChildren } from "preact";
import { route } from "../../browser/route";
import { messages } from "../../i18n/messages";
import { SplitView } from "../../ui/SplitView";
import { useListScroll } from "./use-list-scroll";
import { OrphanedDrafts } from "../drafts/lazy-editors";

interface ThreadSplitViewProps {
  title: string;
  headerExtra?: ComponentChildren;
  list: ComponentChildren;
  thread: ComponentChildren;
  details?: ComponentChildren;
}

export function ThreadSplitView({ title, headerExtra, list, thread, details }: ThreadSplitViewProps) {
  const { id, page } = route.value;
  const listRef = useListScroll();
  return (
    <SplitView
      title={title}
      isDetailOpen={id !== ""}
      headerExtra={headerExtra}
      listRef={listRef}
      list={
        <>
          {list}
          <OrphanedDrafts page={page} />
        </>
      }
      detailLabel={messages.thread.title}
      detail={thread}
      aside={details}
    />
  );
}
