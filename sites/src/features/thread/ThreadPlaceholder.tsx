// In place of a thread: none is chosen, it is not loaded yet, or it is gone.

import { route } from "../../browser/route";
import { messages } from "../../i18n/messages";
import { isLoaded } from "../../sync/store";
import { checkingThreadId } from "../../sync/open-thread";
import { EmptyState } from "../../ui/EmptyState";
import { Skeleton } from "../../ui/Skeleton";
import { lazyPage } from "../app/lazy-page";

const ThreadGone = lazyPage(() => import("./ThreadGone").then((part) => part.ThreadGone));

interface ThreadPlaceholderProps {
  title: string;
  text: string;
  /** Whether there is no thread to choose. */
  isEmpty: boolean;
}

export function ThreadPlaceholder({ title, text, isEmpty }: ThreadPlaceholderProps) {
  const { id } = route.value;
  const isGone = id !== "" && isLoaded.value && checkingThreadId.value !== id;
  if (id === "") return isEmpty ? null : <EmptyState title={title} text={text} />;
  return isGone ? <ThreadGone id={id} /> : <Skeleton label={messages.thread.loading} lines={5} />;
}
