// Small things that every page says in the same way: how many are open, that nothing is here, that something failed.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { say } from "../api";
import { view } from "../session";
import { words } from "../words";
import { toast } from "./Toasts";

export function MeterLine() {
  const meter = view.value.meter;
  if (!meter) return null;
  return (
    <p class="meter">
      <span class="meter-slots" aria-hidden="true">
        {Array.from({ length: meter.most }, (_, i) => (
          <i key={i} class={i < meter.open ? "full" : ""} />
        ))}
      </span>
      {words.meter.of(meter.open, meter.most)}
    </p>
  );
}

export function Empty({ title, text, children }: { title: string; text: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      <p>{text}</p>
      {children}
    </div>
  );
}

/** Grey lines in the shape of what will come, only if it takes longer than a blink. */
export function Skeleton({ label, lines = 4 }: { label: string; lines?: number }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="skeleton" role="status">
      <span class="sr">{label}</span>
      {late && Array.from({ length: lines }, (_, i) => <i key={i} />)}
    </div>
  );
}

export function Failure({ text, retry }: { text: string; retry: () => void }) {
  return (
    <div class="failure" role="alert">
      <p>{text}</p>
      <button type="button" class="button" onClick={retry}>
        {words.door.again}
      </button>
    </div>
  );
}

/** Runs what a button does, one at a time; a failure is said in words. While busy, the button is `aria-disabled`: disabled
    altogether, it would lose the focus of whoever pressed it. */
export function useAct(): [busy: boolean, act: (run: () => Promise<unknown>) => void] {
  const [busy, setBusy] = useState(false);
  const act = (run: () => Promise<unknown>) => {
    if (busy) return;
    setBusy(true);
    run()
      .catch((error: unknown) => toast(say(error)))
      .finally(() => setBusy(false));
  };
  return [busy, act];
}
