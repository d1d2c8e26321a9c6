// What a person can decide: what they are called, how it looks, where they are signed in, to leave, and to leave for good.

import { ExternalLink, LogOut } from "lucide";
import type { ComponentChildren } from "preact";
import { Skeleton, useAct } from "../parts/bits";
import { confirm } from "../parts/Dialog";
import { Icon } from "../parts/Icon";
import { account, me, session } from "../session";
import { signOut } from "../start";
import { type Theme, theme } from "../theme";
import { words } from "../words";
import { more } from "../words-more";
import { ClosePart } from "./ClosePart";
import { NamePart } from "./NamePart";

const THEMES: readonly Theme[] = ["auto", "light", "dark"];
const { settings } = more;

/** `children` are the parts that only this kind of party has; `last` stands at the end, where an account can be ended. */
export function Settings({ children, last }: { children?: ComponentChildren; last?: ComponentChildren }) {
  const party = me.value;
  return (
    <div class="page">
      <h1 class="page-title" tabIndex={-1}>
        {settings.title}
      </h1>
      {party ? (
        <>
          <section class="part">
            <h2>{settings.who}</h2>
            <p class="muted">
              {party.email} · {party.kind === "worker" && party.card ? settings.worksFor(party.card.name) : words.about.kind[party.kind]}
            </p>
            {party.kind !== "school" && <NamePart name={party.name} />}
            <a class="link-line" href={session.config.account}>
              {settings.account}
              <Icon of={ExternalLink} size={16} />
            </a>
          </section>
          {children}
        </>
      ) : (
        <Skeleton label={settings.loading} lines={3} />
      )}
      <fieldset class="part themes">
        <legend>{settings.theme}</legend>
        <div class="choices">
          {THEMES.map((name) => (
            <label key={name} class="choice">
              <input type="radio" name="theme" checked={theme.value === name} onChange={() => (theme.value = name)} />
              {settings.themes[name]}
            </label>
          ))}
        </div>
      </fieldset>
      <SignOut />
      {party && party.kind !== "worker" && <ClosePart party={party} kind={party.kind} />}
      {last}
    </div>
  );
}

function SignOut() {
  const [busy, act] = useAct();
  return (
    <section class="part">
      <button type="button" class="button" aria-disabled={busy} onClick={() => act(askToSignOut)}>
        <Icon of={LogOut} size={18} />
        {settings.signOut}
      </button>
      <p class="muted">{settings.signOutText}</p>
    </section>
  );
}

async function askToSignOut(): Promise<void> {
  const unsent = account.peek()?.acts.items.peek().length ?? 0;
  const question = { title: settings.signOutTitle, text: settings.unsent(unsent), yes: settings.signOut, no: settings.stay, danger: true };
  if (unsent > 0 && !(await confirm(question))) return;
  signOut();
}
