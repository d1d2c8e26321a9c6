// The settings of a school: what people see of it, what happens to new threads, and the way to its saved replies and its
// acts.

import { ChevronRight } from "lucide";
import { href, route } from "../../../src/browser/route";
import { pageMessages } from "../../../src/i18n/page-messages";
import { me } from "../../../src/sync/store";
import { Icon } from "../../../src/ui/Icon";
import { SettingsPage } from "../../../src/features/settings/SettingsPage";
import { ProfileForm } from "../../../src/features/school-settings/ProfileForm";
import { PictureForm } from "../../../src/features/school-settings/PictureForm";
import { PolicyForm } from "../../../src/features/school-settings/PolicyForm";
import { ActsPage } from "./ActsPage";
import { SavedRepliesPage } from "./SavedRepliesPage";

const { savedReplies, acts } = pageMessages;

/** These have pages of their own. They come with this one, so that the first page need not know of them. */
export function SchoolSettingsPage() {
  const { page } = route.value;
  return page === "replies" ? <SavedRepliesPage /> : page === "acts" ? <ActsPage /> : <SchoolSettings />;
}

function SchoolSettings() {
  const { card, policy } = me.value ?? {};
  return (
    <SettingsPage>
      {card && <ProfileForm card={card} />}
      {card && <PictureForm card={card} />}
      {policy && <PolicyForm policy={policy} />}
      {(
        [
          ["replies", savedReplies],
          ["acts", acts],
        ] as const
      ).map(([page, texts]) => (
        <section key={page} class="page-section">
          <h2>{texts.title}</h2>
          <p class="muted">{texts.about}</p>
          <a class="icon-link" href={href(page)}>
            {texts.open}
            <Icon of={ChevronRight} size={16} />
          </a>
        </section>
      ))}
    </SettingsPage>
  );
}
