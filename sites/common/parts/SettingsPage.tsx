// What a person can decide here is little: how it looks, and to leave, with nothing of theirs left in this browser.

import { LogOut } from "lucide";
import { me, session } from "../session";
import { type Theme, theme } from "../theme";
import { words } from "../words";
import { Skeleton, useAct } from "./bits";
import { confirm } from "./Dialog";
import { Icon } from "./Icon";

const THEMES: readonly Theme[] = ["auto", "light", "dark"];

export function SettingsPage() {
  const [busy, act] = useAct();
  const { settings } = words;
  return (
    <div class="page">
      <h1 class="page-title" tabIndex={-1}>
        {settings.title}
      </h1>
      {!me.value && <Skeleton label={settings.loading} lines={1} />}
      {me.value && (
        <section class="part">
          <h2>{settings.who}</h2>
          <p class="strong">{me.value.name}</p>
          <p class="muted">
            {me.value.email} · {words.about.kind[me.value.kind]}
          </p>
        </section>
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
      <section class="part">
        <button type="button" class="button" aria-disabled={busy} onClick={() => act(signOut)}>
          <Icon of={LogOut} size={18} />
          {settings.signOut}
        </button>
        <p class="muted">{settings.signOutText}</p>
      </section>
    </div>
  );
}

async function signOut(): Promise<void> {
  const unsent = session.outbox.items.peek().length;
  const { settings } = words;
  const question = { title: settings.signOutTitle, text: settings.unsent(unsent), yes: settings.signOut, no: settings.stay, danger: true };
  if (unsent > 0 && !(await confirm(question))) return;
  session.socket.stop();
  session.outbox.clear();
  session.drafts.clear();
  await session.auth.leave();
}
