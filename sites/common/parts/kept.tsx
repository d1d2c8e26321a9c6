// What was written and not sent is shown by parts that hardly anybody needs: they are loaded with the account's texts.

import { effect, signal } from "@preact/signals";
import { account } from "../session";

const parts = signal<typeof import("./KeptTexts") | null>(null);

effect(() => {
  if (account.value && !parts.peek()) void import("./KeptTexts").then((loaded) => (parts.value = loaded), () => undefined);
});

export function Aside(props: { place: string }) {
  const loaded = parts.value;
  return loaded && <loaded.Aside {...props} />;
}

export function KeptTexts(props: { id: string; why: "gone" | "ended" }) {
  const loaded = parts.value;
  return loaded && <loaded.KeptTexts {...props} />;
}

export function Leftovers(props: { page: string }) {
  const loaded = parts.value;
  return loaded && <loaded.Leftovers {...props} />;
}
