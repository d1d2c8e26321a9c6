// The settings of a school: what people see of it, and what happens to new threads.

import { me } from "../../../src/sync/store";
import { SettingsPage } from "../../../src/features/settings/SettingsPage";
import { ProfileForm } from "../../../src/features/school-settings/ProfileForm";
import { PictureForm } from "../../../src/features/school-settings/PictureForm";
import { PolicyForm } from "../../../src/features/school-settings/PolicyForm";

export function SchoolSettingsPage() {
  const { card, policy } = me.value ?? {};
  return (
    <SettingsPage>
      {card && <ProfileForm card={card} />}
      {card && <PictureForm card={card} />}
      {policy && <PolicyForm policy={policy} />}
    </SettingsPage>
  );
}
