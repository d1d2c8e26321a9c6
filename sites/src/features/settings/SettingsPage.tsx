// The settings of a person: their name, the theme, the sessions, signing out and closing the account.

import type { ComponentChildren } from "preact";
import { RadioGroup } from "../../ui/RadioGroup";
import { PageLoading } from "../app/PageLoading";
import { me } from "../../sync/store";
import { type Theme, theme } from "../../browser/theme";
import { pageMessages } from "../../i18n/page-messages";
import { AccountLinks } from "./AccountLinks";
import { CloseAccount } from "./CloseAccount";
import { KeyboardSetting } from "../keyboard/KeyboardSetting";
import { Retention } from "../retention/Retention";
import { NameForm } from "./NameForm";
import { NoticeSwitch } from "./NoticeSwitch";
import { SignOut } from "./SignOut";

const THEMES: readonly Theme[] = ["auto", "light", "dark"];
const { settings } = pageMessages;

/** `children` are the settings of this kind of party. `footer` is below everything else. */
export function SettingsPage({ children, footer }: { children?: ComponentChildren; footer?: ComponentChildren }) {
  const party = me.value;
  return (
    <div class="page">
      <h1 class="page-title" tabIndex={-1}>
        {settings.title}
      </h1>
      {party ? (
        <>
          <section class="page-section">
            <h2>{settings.who}</h2>
            <p class="muted">
              <bdi>{party.email}</bdi> ·{" "}
              {party.kind === "worker" && party.card
                ? settings.worksFor(party.card.name)
                : pageMessages.details.kind[party.kind]}
            </p>
            {party.kind !== "school" && <NameForm name={party.name} />}
            <AccountLinks />
          </section>
          {children}
          <NoticeSwitch kind={party.kind} />
          <Retention retention={party.retention} />
        </>
      ) : (
        <PageLoading label={settings.loading} lines={3} />
      )}
      <RadioGroup
        name="theme"
        legend={settings.theme}
        options={THEMES.map((value) => ({ value, label: settings.themes[value] }))}
        value={theme.value}
        onChange={(chosen) => (theme.value = chosen)}
      />
      <KeyboardSetting />
      <SignOut />
      {party && party.kind !== "worker" && <CloseAccount party={party} kind={party.kind} />}
      {footer}
    </div>
  );
}
