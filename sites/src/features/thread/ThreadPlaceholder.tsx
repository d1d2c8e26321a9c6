// In place of a thread: none is chosen, it is not loaded yet, or it is gone.

import { route } from "../../browser/route";
import { messages } from "../../i18n/messages";
import { isLoaded, rows } from "../../sync/store";
import { checkingThreadId } from "../../sync/sync";
import { EmptyState } from "../../ui/EmptyState";
import { Skeleton } from "../../ui/Skeleton";
import { lazyPage } from "../app/lazy-page";

const ThreadGone = lazyPage(() => import("./ThreadGone").then((part) => part.ThreadGone));

export function ThreadPlaceholder({ title, text }: { title: string; text: string }) {
  const { id } = route.value;
  const isGone = id !== "" && isLoaded.value && checkingThreadId.value !== id;
  if (id === "") return rows.value.length ? <EmptyState title={title} text={text} /> : null;
  return isGone ? <ThreadGone id={id} /> : <Skeleton label={messages.thread.loading} lines={5} />;
}
