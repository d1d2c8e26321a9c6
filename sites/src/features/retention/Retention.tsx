// How long threads are kept, among the settings of each kind of party, in the same words. Not shown where it is for ever.

import type { Me } from "../../api/types";
import { currentMinute } from "../../browser/server-clock";
import { pageMessages } from "../../i18n/page-messages";
import { longDate } from "../../i18n/time";

const { retention: texts } = pageMessages;

export function Retention({ retention }: Pick<Me, "retention">) {
  if (!retention) return null;
  return (
    <section class="page-section">
      <h2>{texts.title}</h2>
      {retention.ends_after > 0 && <p class="muted">{texts.ends(retention.ends_after)}</p>}
      {retention.deleted_after > 0 && <p class="muted">{texts.deleted(retention.deleted_after)}</p>}
      {retention.not_before > currentMinute.value && <p class="muted">{texts.from(longDate(retention.not_before))}</p>}
    </section>
  );
}
