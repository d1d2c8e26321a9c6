// Whoever is not in stands before one sentence and one button, and is told why if a door stays shut.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Auth } from "../auth";
import type { Config } from "../config";
import { words } from "../words";
import { Mark } from "./Icon";

interface DoorProps {
  config: Config;
  auth: Auth;
  note?: string;
}

export function Door({ config, auth, note }: DoorProps) {
  const [said, say] = useState(note);
  const [busy, setBusy] = useState(false);
  const signIn = () => {
    setBusy(true);
    auth.begin().catch(() => {
      say(words.door.unreachable);
      setBusy(false);
    });
  };
  return (
    <Before site={words.site[config.site]}>
      <p class="lead">{words.door[config.site]}</p>
      <div class="door-actions">
        <button type="button" class="button primary wide" aria-disabled={busy} onClick={signIn}>
          {words.door.signIn}
        </button>
        {config.sign_up && (
          <a class="button wide" href={config.sign_up}>
            {words.door.signUp}
          </a>
        )}
      </div>
      <p class="door-note" role="status">
        {said}
      </p>
    </Before>
  );
}

/** Signed in, but not as someone this site is for: there may be a site that is. */
export function Shut({ config, auth, title, text, site }: DoorProps & { title?: string; text: string; site?: string }) {
  const leave = () => void auth.leave().catch(() => location.reload());
  const theirs = site && config.sites[site];
  return (
    <Before site={words.site[config.site]}>
      {title && <p class="lead strong">{title}</p>}
      <p class="lead">{text}</p>
      <div class="door-actions">
        {theirs && (
          <a class="button primary wide" href={theirs}>
            {words.door.theirSite}
          </a>
        )}
        <button type="button" class={theirs ? "button wide" : "button primary wide"} onClick={leave}>
          {words.door.otherAddress}
        </button>
      </div>
    </Before>
  );
}

export function Unreachable() {
  return (
    <Before site="">
      <p class="lead">{words.door.unreachable}</p>
      <div class="door-actions">
        <button type="button" class="button primary wide" onClick={() => location.reload()}>
          {words.door.again}
        </button>
      </div>
    </Before>
  );
}

export function Before({ site, children }: { site: string; children: ComponentChildren }) {
  return (
    <main class="door">
      <h1 class="door-brand">
        <Mark size={40} />
        <span class="brand-name">{words.product}</span>
        {site && <span class="brand-site">{site}</span>}
      </h1>
      {children}
    </main>
  );
}
