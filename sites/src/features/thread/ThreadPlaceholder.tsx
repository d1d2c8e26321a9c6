// In place of a thread: none is chosen, it is not loaded yet, or it is gone.

import { route } from "../../browser/route";
import { messages } from "../../i18n/messages";
import { isLoaded } from "../../sync/store";
import { checkingThreadId } from "../../sync/open-thread";
import { Skeleton } from "../../ui/Skeleton";
import { lazyPage, lazyPart } from "../app/lazy-page";
import type { ChooseThreadProps } from "./ChooseThread";

const ThreadGone = lazyPage(() => import("./ThreadGone").then((part) => part.ThreadGone));
const ChooseThread = lazyPart(() => import("./ChooseThread").then((part) => part.ChooseThread));

interface ThreadPlaceholderProps extends ChooseThreadProps {
  /** Whether there is no thread to choose. */
  isEmpty: boolean;
}

export function ThreadPlaceholder({ isEmpty, ...chooseProps }: ThreadPlaceholderProps) {
  const { id } = route.value;
  const isGone = id !== "" && isLoaded.value && checkingThreadId.value !== id;
  if (id === "") return isEmpty ? null : <ChooseThread {...chooseProps} />;
  return isGone ? <ThreadGone id={id} /> : <Skeleton label={messages.thread.loading} lines={5} />;
}
