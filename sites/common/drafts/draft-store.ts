// What one account has begun to write, by place. Each letter is stored, and every tab of the account shows the same text.
//
// Two tabs can still write before they hear of each other. Then neither text replaces the other: the one that would be
// overwritten is set aside, and shown for its author to use or to discard.

import { type Signal, signal } from "@preact/signals";
import type { Drawer } from "../storage";
import { randomKey } from "./keys";

/** What the fields of a form hold, as typed. Only a raise has a subject. */
export interface Fields {
  text: string;
  subject: string;
}

export interface Draft extends Fields {
  /** Texts of the same place that were written elsewhere, or that could not be sent. */
  aside: readonly Fields[];
}

interface Stored extends Draft {
  /** Changes with each write, so that a tab notices what another tab has written. */
  version: string;
}

const PREFIX = "draft.";
const NOTHING: Stored = { text: "", subject: "", aside: [], version: "" };

export const isEmpty = ({ text, subject }: Fields): boolean => text.trim() === "" && subject.trim() === "";
export const isSame = (a: Fields, b: Fields): boolean => a.text.trim() === b.text.trim() && a.subject.trim() === b.subject.trim();

export class DraftStore {
  /** Whether the browser took all that was written here. If not, it lasts only as long as this page. */
  readonly kept = signal(true);
  /** The places that hold something. */
  readonly places = signal<readonly string[]>([]);
  readonly #shown = new Map<string, Signal<Stored>>();
  readonly #base = new Map<string, string>();
  /** Places whose draft is kept out of storage until it is written again. */
  readonly #held = new Set<string>();

  constructor(readonly drawer: Drawer) {
    this.#list();
  }

  /** The draft of a place as this tab shows it. Reading it in a component follows it. */
  of(place: string): Draft {
    return this.#signal(place).value;
  }

  write(place: string, fields: Fields): void {
    const shown = this.#merged(place, fields);
    this.#held.delete(place);
    this.#put(place, { ...shown, text: fields.text, subject: fields.subject });
  }

  /** The draft leaves as this tab shows it. False if another tab has sent or changed it and this tab had not heard. */
  take(place: string, leave: () => void): boolean {
    const before = this.#signal(place).peek();
    const there = this.#stored(place);
    if (there.version === this.#base.get(place)) {
      leave();
      this.#remove(place);
      this.#put(place, { ...before, text: "", subject: "" });
      return true;
    }
    this.#put(place, { ...there, aside: joined(there.aside, [...before.aside, before], there) });
    return false;
  }

  /** Whether these fields are what this tab shows and what is stored. */
  shows(place: string, fields: Fields): boolean {
    const there = this.#stored(place);
    return isSame(this.#signal(place).peek(), fields) && there.version === this.#base.get(place);
  }

  /** The server has a text of this place, whichever tab wrote it: it is no draft any more. What the fields hold in its
      place is returned, and leaves them. */
  settle(place: string, isIt: (fields: Fields) => boolean): Fields | null {
    const shown = this.#merged(place, this.#signal(place).peek());
    const { text, subject } = shown;
    if (isIt(this.#stored(place))) this.#remove(place);
    this.#held.delete(place);
    this.#put(place, { text: "", subject: "", aside: shown.aside.filter((fields) => !isIt(fields)) });
    return isEmpty(shown) || isIt(shown) ? null : { text, subject };
  }

  /** Make room in storage, and let no other tab send a draft that this one is sending. It stays on the screen. */
  hold(place: string): void {
    this.#held.add(place);
    this.#remove(place);
    this.kept.value = false;
  }

  /** A text comes back to its author: into the empty draft, else beside it. */
  giveBack(place: string, fields: Fields): void {
    if (isEmpty(fields)) return;
    const shown = this.#merged(place, this.#signal(place).peek());
    if (isEmpty(shown)) this.#put(place, { ...shown, text: fields.text, subject: fields.subject });
    else this.#put(place, { ...shown, aside: joined(shown.aside, [fields], shown) });
  }

  /** Its author wants a text that was set aside: it is exchanged for what the fields hold. */
  use(place: string, wanted: Fields): void {
    const shown = this.#merged(place, this.#signal(place).peek());
    const aside = joined(without(shown.aside, wanted), [shown], wanted);
    this.#put(place, { ...shown, text: wanted.text, subject: wanted.subject, aside });
  }

  /** Its author does not want a text that was set aside. */
  discard(place: string, unwanted: Fields): void {
    const shown = this.#merged(place, this.#signal(place).peek());
    this.#put(place, { ...shown, aside: without(shown.aside, unwanted) });
  }

  /** Another tab has written. What only this tab's memory holds is not given up for it. */
  heard(name: string): void {
    if (!name.startsWith(PREFIX)) return;
    const place = name.slice(PREFIX.length);
    const shown = this.#signal(place);
    const own = this.#base.get(place) === shown.peek().version;
    const there = this.#stored(place);
    if (there.version !== this.#base.get(place)) shown.value = own ? there : this.#merged(place, shown.peek());
    this.#base.set(place, there.version);
    this.#list();
  }

  /** Whether storage itself holds a text of this account: then it is still there at the next sign-in. */
  get isStored(): boolean {
    return this.drawer.keys(PREFIX).some((name) => this.drawer.stored(name) !== null);
  }

  clear(): void {
    this.drawer.keys(PREFIX).forEach((name) => this.drawer.remove(name));
    this.#shown.forEach((shown) => (shown.value = NOTHING));
    this.#base.clear();
    this.#list();
  }

  /** What this tab shows, with whatever another tab has stored meanwhile set aside. */
  #merged(place: string, next: Fields): Stored {
    const shown = this.#signal(place).peek();
    const there = this.#stored(place);
    if (there.version === this.#base.get(place)) return shown;
    return { ...shown, aside: joined(shown.aside, [...there.aside, there], next) };
  }

  #put(place: string, draft: Omit<Stored, "version">): void {
    const nothing = isEmpty(draft) && draft.aside.length === 0;
    this.#signal(place).value = { ...draft, version: nothing ? "" : randomKey() };
    this.#base.set(place, this.#stored(place).version);
    // What there was no room for before may find some now.
    this.kept.value = [...this.#shown.keys()].map((each) => this.#store(each)).every(Boolean);
    this.#list();
  }

  #remove(place: string): void {
    this.drawer.remove(PREFIX + place);
    this.#base.set(place, "");
  }

  /** Store what this tab shows of a place, unless it is. False if there is no room. */
  #store(place: string): boolean {
    const shown = this.#signal(place);
    if (shown.peek().version === this.#base.get(place)) return true;
    if (this.#held.has(place)) return false;
    shown.value = this.#merged(place, shown.peek());
    const { version } = shown.peek();
    const name = PREFIX + place;
    const stored = version === "" ? (this.drawer.remove(name), true) : this.drawer.set(name, JSON.stringify(shown.peek()));
    this.#base.set(place, this.#stored(place).version);
    return stored;
  }

  #signal(place: string): Signal<Stored> {
    const known = this.#shown.get(place);
    if (known) return known;
    const made = signal(this.#stored(place));
    this.#shown.set(place, made);
    this.#base.set(place, made.peek().version);
    return made;
  }

  #stored(place: string): Stored {
    return read(this.drawer.stored(PREFIX + place));
  }

  #list(): void {
    const places = this.drawer.keys(PREFIX).map((name) => name.slice(PREFIX.length));
    if (places.join() !== this.places.peek().join()) this.places.value = places;
  }
}

/** Texts that are set aside: each once, none that is empty, none that the fields hold anyway. */
function joined(held: readonly Fields[], more: readonly Fields[], shown: Fields): readonly Fields[] {
  const found: Fields[] = [];
  for (const { text, subject } of [...held, ...more]) {
    const known = [shown, ...found].some((other) => other.text.includes(text.trim()) && other.subject.includes(subject.trim()));
    if (!known && !isEmpty({ text, subject })) found.push({ text, subject });
  }
  return found;
}

const without = (held: readonly Fields[], one: Fields): readonly Fields[] => held.filter((other) => !isSame(other, one));

function read(stored: string | null): Stored {
  try {
    return stored ? { ...NOTHING, ...(JSON.parse(stored) as Stored) } : NOTHING;
  } catch {
    return NOTHING;
  }
}
