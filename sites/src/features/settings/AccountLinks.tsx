// Links to the issuer's pages about the account: those that it has, and nothing else.

import { ExternalLink } from "lucide";
import { Icon } from "../../ui/Icon";
import { session } from "../../sync/store";
import { pageMessages } from "../../i18n/page-messages";

const { settings } = pageMessages;

export function AccountLinks() {
  const { account, account_offers, passkey } = session.config;
  return (
    <>
      {account && <PageLink href={account} label={settings.account[account_offers]} />}
      {passkey && (
        <>
          <PageLink href={passkey} label={settings.passkey} />
          <p class="muted">{settings.passkeyText}</p>
        </>
      )}
    </>
  );
}

function PageLink({ href, label }: { href: string; label: string }) {
  return (
    <a class="icon-link" href={href}>
      {label}
      <Icon of={ExternalLink} size={16} />
    </a>
  );
}
