// Texts that were written here and not sent stay in sight, for their author to copy, to use or to discard.

import type { ComponentChildren } from "preact";
import type { Fields } from "../drafts/draft-store";
import type { PendingAct } from "../drafts/pending-acts";
import { placeOf } from "../drafts/place";
import { address } from "../route";
import { account, loaded, schools, view } from "../session";
import { more } from "../words-more";
import { toast } from "./Toasts";

const { kept } = more;

/** Beside a place to write: texts that another tab wrote at the same time. */
export function Aside({ place }: { place: string }) {
  const drafts = account.value?.drafts;
  const texts = drafts?.of(place).aside ?? [];
  return (
    <>
      {account.value?.isKept === false && <p class="composer-note">{kept.memoryOnly}</p>}
      {texts.map((fields) => (
        <Text key={fields.text} fields={fields} about={kept.aside} discard={() => drafts?.discard(place, fields)}>
          <button type="button" class="link" onClick={() => drafts?.use(place, fields)}>
            {kept.use}
          </button>
        </Text>
      ))}
    </>
  );
}

/** Where nothing can be written any more: all that was written and not sent, with why. */
export function KeptTexts({ id, why }: { id: string; why: "gone" | "ended" }) {
  const mine = account.value;
  const about = kept[why];
  if (!mine) return null;
  const places = [id, `note:${id}`, `raise:${id}`];
  const drafts = places.flatMap((place) => textsIn(place).map((fields) => ({ place, fields })));
  const acts = mine.acts.items.value.filter((act) => act.about === id && isStuck(act));
  if (drafts.length + acts.length === 0) return null;
  return (
    <section class="kept-texts" aria-label={kept.title}>
      {drafts.map(({ place, fields }) => (
        <Text key={place + fields.text} fields={fields} about={about} discard={() => dropped(place, fields)} />
      ))}
      {acts.map((act) => (
        <Text key={act.key} fields={act} about={about} discard={() => mine.acts.discard(act.key)} />
      ))}
    </section>
  );
}

/** Below a list: what was written for threads and schools that nobody finds there. */
export function Leftovers({ page }: { page: string }) {
  const mine = account.value;
  if (!mine || !loaded.value) return null;
  const places = new Set([...mine.drafts.places.value, ...mine.acts.items.value.map(placeOf)]);
  const lost = [...places].filter(isLost);
  if (lost.length === 0) return null;
  return (
    <section class="leftovers" aria-label={kept.elsewhere}>
      <h2 class="list-part">{kept.elsewhere}</h2>
      <ul>
        {lost.map((place) => (
          <li key={place}>
            <a href={address(place.startsWith("raise:") ? "schools" : page, idIn(place))}>{first(place)}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}

const idIn = (place: string): string => place.split(":").at(-1) ?? "";

function isLost(place: string): boolean {
  const id = idIn(place);
  return place.startsWith("raise:") ? !schools.value?.get(id)?.takes : !view.value.rows.has(id);
}

/** Its first words. */
function first(place: string): string {
  const act = account.peek()?.acts.of(place)[0];
  const fields = textsIn(place)[0] ?? act;
  return [...(fields?.subject || fields?.text || "")].slice(0, 60).join("");
}

/** Of a thread that is gone nothing can be sent; of one that has ended, the log shows its unsent messages. */
const isStuck = (act: PendingAct): boolean => act.refused !== null || act.kind === "raise";

/** The texts that a place holds. */
export function textsIn(place: string): readonly Fields[] {
  const draft = account.value?.drafts.of(place);
  if (!draft) return [];
  const own = draft.text.trim() || draft.subject.trim() ? [{ text: draft.text, subject: draft.subject }] : [];
  return [...own, ...draft.aside];
}

function dropped(place: string, fields: Fields): void {
  const drafts = account.peek()?.drafts;
  const draft = drafts?.of(place);
  if (draft?.text === fields.text && draft.subject === fields.subject) drafts?.write(place, { text: "", subject: "" });
  else drafts?.discard(place, fields);
}

interface TextProps {
  fields: Fields;
  about: string;
  discard: () => void;
  children?: ComponentChildren;
}

function Text({ fields, about, discard, children }: TextProps) {
  const whole = [fields.subject, fields.text].filter(Boolean).join("\n\n");
  const copy = () => void navigator.clipboard.writeText(whole).then(() => toast(kept.copied), () => undefined);
  return (
    <div class="kept-text">
      <p class="hint">{about}</p>
      <p class="note-text" dir="auto" tabIndex={0}>
        {whole}
      </p>
      <p>
        {children}
        <button type="button" class="link" onClick={copy}>
          {kept.copy}
        </button>
        <button type="button" class="link" onClick={discard}>
          {kept.discard}
        </button>
      </p>
    </div>
  );
}
