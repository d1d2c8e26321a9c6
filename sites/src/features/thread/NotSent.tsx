// Why a text was not sent: shown beside it, and announced.

import { pageMessages } from "../../i18n/page-messages";

export function NotSent({ reason }: { reason: string }) {
  return (
    <span role="alert">
      <strong>{pageMessages.log.notSent}</strong> {reason}
    </span>
  );
}
