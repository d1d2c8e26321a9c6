// The field above a list that finds words in all of its threads, and what was found in place of the list.

import { Search } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Row } from "../../api/protocol";
import type { FoundText, FoundThread, Mailbox } from "../../api/types";
import { href, route } from "../../browser/route";
import { currentMinute } from "../../browser/server-clock";
import { shortcut } from "../../browser/single-keys";
import { cleanLine } from "../../i18n/clean-text";
import { hasWord, wordsOf } from "../../i18n/find-words";
import { pageMessages } from "../../i18n/page-messages";
import { TEXT_FIELDS } from "../../i18n/text-fields";
import { fullDateTime, shortDate } from "../../i18n/time";
import { openedPlace } from "../../sync/opened-place";
import {
  isStillThere,
  type Query,
  type Search as ShownSearch,
  search,
  searchFor,
  searchOn,
  stopSearch,
} from "../../sync/search";
import { hasThreads, mySide, people, type Role, session } from "../../sync/store";
import { Icon } from "../../ui/Icon";
import { isComposing } from "../../ui/is-composing";
import { LoadFailure } from "../../ui/LoadFailure";
import { HighlightedText } from "../../ui/HighlightedText";
import { Time } from "../../ui/Time";
import { placeOfRow } from "../thread-list/place-of-row";

const { search: texts } = pageMessages;
const ROLES: Record<Mailbox, Role> = { raised: "raiser", received: "school", handled: "worker" };
const STATES = ["", "open", "terminated"] as const;
const DAYS = [0, 7, 30, 365] as const;

function mailboxOf(page: string): Mailbox {
  if (page === "inbox") return "received";
  return session.config.site === "worker" ? "handled" : "raised";
}

export function ThreadSearch() {
  const shelf = mailboxOf(route.value.page);
  return hasThreads(ROLES[shelf]) ? <SearchField key={shelf} shelf={shelf} /> : null;
}

function SearchField({ shelf }: { shelf: Mailbox }) {
  const [typed, setTyped] = useState("");
  const [state, setState] = useState<Query["state"]>("");
  const [days, setDays] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const current = search.value;
  const text = cleanLine(typed).slice(0, TEXT_FIELDS.search.most);
  const begin = (change: Partial<Query> = {}) => {
    const query = { shelf, text, state, days, ...change };
    if (query.text !== (current?.text ?? "") || query.state !== current?.state || query.days !== current.days)
      searchFor(query);
  };
  useEffect(() => () => searchFor({ shelf, text: "", state: "", days: 0 }), [shelf]);
  const type = (value: string, isWhole: boolean) => {
    setTyped(value);
    if (isWhole) begin({ text: cleanLine(value).slice(0, TEXT_FIELDS.search.most) });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    const first = box.current?.querySelector<HTMLElement>(".thread-row");
    if (event.key === "Escape" && typed) {
      event.preventDefault();
      type("", true);
    } else if (first && (event.key === "ArrowDown" || event.key === "Enter")) {
      event.preventDefault();
      first.focus();
    }
  };
  return (
    <div class={current ? "thread-search is-open" : "thread-search"} role="search" ref={box}>
      <label class="search" data-key={shortcut("/")}>
        <span class="visually-hidden">{texts.label}</span>
        <Icon of={Search} size={18} />
        <input
          type="search"
          dir={typed ? "auto" : undefined}
          value={typed}
          placeholder={texts.label}
          enterkeyhint="search"
          aria-keyshortcuts={shortcut("/")}
          onInput={(event) => type(event.currentTarget.value, !event.isComposing)}
          onCompositionEnd={(event) => type(event.currentTarget.value, true)}
          onKeyDown={onKeyDown}
        />
      </label>
      {current && (
        <>
          <div class="search-narrow">
            <select
              aria-label={texts.inState}
              value={state}
              onChange={({ currentTarget: { value } }) => {
                const chosen = STATES.find((each) => each === value) ?? "";
                setState(chosen);
                begin({ state: chosen });
              }}
            >
              {STATES.map((each) => (
                <option key={each} value={each}>
                  {texts.states[each]}
                </option>
              ))}
            </select>
            <select
              aria-label={texts.since}
              value={String(days)}
              onChange={({ currentTarget: { value } }) => {
                setDays(Number(value));
                begin({ days: Number(value) });
              }}
            >
              {DAYS.map((each) => (
                <option key={each} value={String(each)}>
                  {texts.days[each]}
                </option>
              ))}
            </select>
          </div>
          <Results current={current} />
        </>
      )}
    </div>
  );
}

function Results({ current }: { current: ShownSearch }) {
  const found = current.found.filter(isStillThere);
  const words = wordsOf(current.text);
  const isNothing = current.phase === "ended" && found.length === 0;
  return (
    <>
      <p class="search-count muted" role="status">
        {current.phase === "searching" || current.phase === "failed"
          ? ""
          : isNothing
            ? texts.none(current.text)
            : texts.found(found.length)}
      </p>
      {isNothing && <p class="search-hint muted">{texts.noneHint}</p>}
      <ol class="search-results" aria-label={texts.results}>
        {found.map((each) => (
          <Found key={each.thread.row.id} {...each} text={current.text} words={words} />
        ))}
      </ol>
      <Progress current={current} />
    </>
  );
}

/** How far the search has come, and what can be done about it. */
function Progress({ current: { phase, until, error } }: { current: ShownSearch }) {
  const date = until === null ? "" : shortDate(until, currentMinute.value);
  if (phase === "failed") return <LoadFailure text={`${texts.failed} ${error}`} retry={searchOn} />;
  if (phase === "ended") return null;
  return (
    <div class="search-progress muted">
      <p>{phase === "searching" ? (date ? texts.until(date) : texts.searching) : date && texts.stoppedAt(date)}</p>
      {phase === "searching" ? (
        <button type="button" class="button quiet" onClick={stopSearch}>
          {texts.stop}
        </button>
      ) : (
        <button type="button" class="button quiet" onClick={searchOn}>
          {texts.more}
        </button>
      )}
    </div>
  );
}

interface FoundProps extends FoundThread {
  text: string;
  words: readonly string[];
}

function Found({ thread: { row }, texts: found, more, text, words }: FoundProps) {
  const { name } = placeOfRow(row);
  const email = row.as === "school" ? (people.value.get(row.owner)?.email ?? "") : "";
  const isFoundByEmail = hasWord(email, words);
  return (
    <li class="found">
      <PlaceLink row={row} found={null} text={text} at={row.at}>
        <bdi class="row-name">
          <HighlightedText text={name} words={words} />
        </bdi>
        <span class="row-subject" dir="auto">
          <HighlightedText text={row.subject} words={words} />
        </span>
        {isFoundByEmail && (
          <bdi class="row-preview">
            <HighlightedText text={email} words={words} />
          </bdi>
        )}
      </PlaceLink>
      {found.length > 0 && (
        <ul>
          {found.map((each) => (
            <li key={`${each.side} ${each.seq}`}>
              <PlaceLink row={row} found={each} text={text} at={each.at}>
                <bdi class="row-name">{authorOf(each, row, name)}</bdi>
                <span class="found-text" dir="auto">
                  <HighlightedText text={each.text} words={words} />
                </span>
              </PlaceLink>
            </li>
          ))}
        </ul>
      )}
      {more && <p class="found-more muted">{texts.moreInThread}</p>}
    </li>
  );
}

function authorOf({ side }: FoundText, row: Row, name: string): string {
  if (side === null) return texts.note;
  if (side !== mySide(row)) return name;
  return row.as === "raiser" ? texts.you : texts.us;
}

interface PlaceLinkProps {
  row: Row;
  /** null for the thread as it opens by itself. */
  found: FoundText | null;
  text: string;
  at: number;
  children: ComponentChildren;
}

/** Opens a thread at a message or a note, and marks the words there. The words are in no address. */
function PlaceLink({ row: { id }, found, text, at, children }: PlaceLinkProps) {
  const place = openedPlace.value;
  const isNote = found?.side === null;
  const seq = found?.side ? found.seq : 0;
  const isOpen = route.value.id === id && place?.id === id && place.seq === seq && place.isNote === isNote;
  return (
    <a
      class="thread-row"
      href={href(route.value.page, id)}
      aria-current={isOpen ? "page" : undefined}
      onClick={() => (openedPlace.value = { id, seq, isNote, text })}
    >
      {children}
      <Time class="row-time" at={at} text={shortDate(at, currentMinute.value)} full={fullDateTime(at)} />
    </a>
  );
}
