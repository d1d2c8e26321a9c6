// The list of a site's threads beside the thread that the address names.

import type { ComponentChildren } from "preact";
import { route } from "../../browser/route";
import { messages } from "../../i18n/messages";
import { isLoaded } from "../../sync/store";
import { Skeleton } from "../../ui/Skeleton";
import { SplitView } from "../../ui/SplitView";
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
  return (
    <SplitView
      title={title}
      isDetailOpen={id !== ""}
      headerExtra={headerExtra}
      list={
        <>
          {isLoaded.value ? list : <Skeleton label={messages.list.loading} lines={6} />}
          <OrphanedDrafts page={page} />
        </>
      }
      detailLabel={messages.thread.title}
      detail={thread}
      aside={details}
    />
  );
}
