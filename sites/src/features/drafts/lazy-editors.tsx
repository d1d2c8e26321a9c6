// Text boxes need the account's drafts, so they are loaded together with them, after the first page.

import { effect, signal } from "@preact/signals";
import type { ComponentProps } from "preact";
import { account } from "../../sync/store";

const loadEditors = async () => ({ ...(await import("../thread/Composer")), ...(await import("./UnsentTexts")) });
type Editors = Awaited<ReturnType<typeof loadEditors>>;
const editors = signal<Editors | null>(null);

const RETRY_DELAY = 3_000;
const tryLoad = (): void =>
  void loadEditors().then(
    (loaded) => (editors.value = loaded),
    () => setTimeout(tryLoad, RETRY_DELAY),
  );

effect(() => {
  if (account.value && !editors.peek()) tryLoad();
});

export function Composer(props: ComponentProps<Editors["Composer"]>) {
  const [ready, loaded] = [account.value, editors.value];
  return ready && loaded && <loaded.Composer {...props} />;
}

export function DraftConflicts(props: ComponentProps<Editors["DraftConflicts"]>) {
  const loaded = editors.value;
  return loaded && <loaded.DraftConflicts {...props} />;
}

export function UnsentTexts(props: ComponentProps<Editors["UnsentTexts"]>) {
  const loaded = editors.value;
  return loaded && <loaded.UnsentTexts {...props} />;
}

export function OrphanedDrafts(props: ComponentProps<Editors["OrphanedDrafts"]>) {
  const loaded = editors.value;
  return loaded && <loaded.OrphanedDrafts {...props} />;
}
