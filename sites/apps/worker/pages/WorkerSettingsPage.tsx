// The settings of a worker: whether new threads are assigned automatically, and how to leave a school joined by
// mistake.

import { me } from "../../../src/sync/store";
import { SettingsPage } from "../../../src/features/settings/SettingsPage";
import { pageMessages } from "../../../src/i18n/page-messages";
import { AvailabilitySwitch } from "../../../src/features/queue/AvailabilitySwitch";
import { LeaveSchool } from "../../../src/features/queue/LeaveSchool";

const { availability: texts } = pageMessages;

export function WorkerSettingsPage() {
  const party = me.value;
  return (
    <SettingsPage footer={party?.may_leave && party.card ? <LeaveSchool school={party.card.name} /> : null}>
      {party && (
        <section class="page-section">
          <h2>{texts.title}</h2>
          <AvailabilitySwitch />
          <p class="muted">{texts.text}</p>
          {!party.may_leave && <p class="muted">{texts.onlySchool}</p>}
        </section>
      )}
    </SettingsPage>
  );
}
