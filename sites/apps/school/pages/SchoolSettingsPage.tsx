// The settings of a school: what people see of it, what happens to new threads, and the way to its saved replies.

import { ChevronRight } from "lucide";
import { href, route } from "../../../src/browser/route";
import { pageMessages } from "../../../src/i18n/page-messages";
import { me } from "../../../src/sync/store";
import { Icon } from "../../../src/ui/Icon";
import { SettingsPage } from "../../../src/features/settings/SettingsPage";
import { ProfileForm } from "../../../src/features/school-settings/ProfileForm";
import { PictureForm } from "../../../src/features/school-settings/PictureForm";
import { PolicyForm } from "../../../src/features/school-settings/PolicyForm";
import { SavedRepliesPage } from "./SavedRepliesPage";

const { savedReplies: texts } = pageMessages;

/** The saved replies have a page of their own. It comes with this one, so that the first page need not know of it. */
export function SchoolSettingsPage() {
  return route.value.page === "replies" ? <SavedRepliesPage /> : <SchoolSettings />;
}

function SchoolSettings() {
  const { card, policy } = me.value ?? {};
  return (
    <SettingsPage>
      {card && <ProfileForm card={card} />}
      {card && <PictureForm card={card} />}
      {policy && <PolicyForm policy={policy} />}
      <section class="page-section">
        <h2>{texts.title}</h2>
        <p class="muted">{texts.about}</p>
        <a class="icon-link" href={href("replies")}>
          {texts.open}
          <Icon of={ChevronRight} size={16} />
        </a>
      </section>
    </SettingsPage>
  );
}
