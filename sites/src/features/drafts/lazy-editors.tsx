// Text boxes need the account's drafts, so they are loaded together with them, after the first page.

import { effect, signal } from "@preact/signals";
import type { ComponentProps } from "preact";
import { lazyImport } from "../../browser/lazy-import";
import { account } from "../../sync/store";
import { PartFailure } from "../app/PartFailure";

const importEditors = async () => ({ ...(await import("../thread/Composer")), ...(await import("./UnsentTexts")) });
type Editors = Awaited<ReturnType<typeof importEditors>>;
const editors = signal<Editors | null>(null);
const failure = signal<unknown>(null);

function load(): void {
  failure.value = null;
  lazyImport(importEditors).then(
    (loaded) => (editors.value = loaded),
    (error: unknown) => (failure.value = error),
  );
}

effect(() => {
  if (account.value && !editors.peek()) load();
});

export function Composer(props: ComponentProps<Editors["Composer"]>) {
  const [ready, loaded] = [account.value, editors.value];
  if (failure.value !== null) return <PartFailure error={failure.value} retry={load} />;
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
