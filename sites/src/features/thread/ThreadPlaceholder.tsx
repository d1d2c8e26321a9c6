// In place of a thread: none is chosen, it is not loaded yet, or it is gone.

import { route } from "../../browser/route";
import { messages } from "../../i18n/messages";
import { isLoaded } from "../../sync/store";
import { checkingThreadId } from "../../sync/open-thread";
import { EmptyState } from "../../ui/EmptyState";
import { Skeleton } from "../../ui/Skeleton";
import { lazyPage, lazyPart } from "../app/lazy-page";
import type { WaitingLongestProps } from "../thread-list/WaitingLongest";

const ThreadGone = lazyPage(() => import("./ThreadGone").then((part) => part.ThreadGone));
const WaitingLongest = lazyPart(() => import("../thread-list/WaitingLongest").then((part) => part.WaitingLongest));

interface ThreadPlaceholderProps {
  title: string;
  text: string;
  /** Whether there is no thread to choose. */
  isEmpty: boolean;
  /** For those who answer: whose waiting threads are shown. */
  waiting?: WaitingLongestProps;
}

export function ThreadPlaceholder({ title, text, isEmpty, waiting }: ThreadPlaceholderProps) {
  const { id } = route.value;
  const isGone = id !== "" && isLoaded.value && checkingThreadId.value !== id;
  if (id === "")
    return isEmpty ? null : (
      <>
        <EmptyState title={title} text={text} />
        {waiting && <WaitingLongest {...waiting} />}
      </>
    );
  return isGone ? <ThreadGone id={id} /> : <Skeleton label={messages.thread.loading} lines={5} />;
}
