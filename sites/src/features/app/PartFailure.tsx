// In place of a part of the site that could not be loaded: it tells a network that is away from a site that was updated.

import { SiteUpdatedError } from "../../browser/lazy-import";
import { messages } from "../../i18n/messages";
import { LoadFailure } from "../../ui/LoadFailure";

export function PartFailure({ error, retry }: { error: unknown; retry: () => void }) {
  const { reload, reloadNow } = messages.connection;
  if (error instanceof SiteUpdatedError)
    return <LoadFailure text={reload} retry={() => location.reload()} label={reloadNow} />;
  return <LoadFailure text={messages.errors.network} retry={retry} />;
}
