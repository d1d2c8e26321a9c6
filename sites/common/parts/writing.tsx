// Where one writes needs the account's texts. So these parts are loaded together with those, after the first page.

import { effect, signal } from "@preact/signals";
import type { ComponentProps } from "preact";
import { account } from "../session";

const load = async () => ({ ...(await import("./Composer")), ...(await import("./KeptTexts")) });
type Parts = Awaited<ReturnType<typeof load>>;
const parts = signal<Parts | null>(null);

const AGAIN = 3_000;
const get = (): void => void load().then((loaded) => (parts.value = loaded), () => setTimeout(get, AGAIN));

effect(() => {
  if (account.value && !parts.peek()) get();
});

export function Composer(props: ComponentProps<Parts["Composer"]>) {
  const [mine, loaded] = [account.value, parts.value];
  return mine && loaded && <loaded.Composer {...props} />;
}

export function Aside(props: ComponentProps<Parts["Aside"]>) {
  const loaded = parts.value;
  return loaded && <loaded.Aside {...props} />;
}

export function KeptTexts(props: ComponentProps<Parts["KeptTexts"]>) {
  const loaded = parts.value;
  return loaded && <loaded.KeptTexts {...props} />;
}

export function Leftovers(props: ComponentProps<Parts["Leftovers"]>) {
  const loaded = parts.value;
  return loaded && <loaded.Leftovers {...props} />;
}
