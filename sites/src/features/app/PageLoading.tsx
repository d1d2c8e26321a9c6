// In place of a page whose data is not there yet: that it is being loaded, or why it could not be, and a button that tries
// again. What every page needs is loaded together (`sync.ts`), so one error and one button are of all of it.

import { loadError, session } from "../../sync/store";
import { LoadFailure } from "../../ui/LoadFailure";
import { Skeleton } from "../../ui/Skeleton";

interface PageLoadingProps {
  label: string;
  lines?: number;
  rows?: boolean;
}

export function PageLoading(props: PageLoadingProps) {
  if (loadError.value) return <LoadFailure text={loadError.value} retry={() => session.socket.reconnect()} />;
  return <Skeleton {...props} />;
}
