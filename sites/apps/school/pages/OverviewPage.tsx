// A school's numbers as of now: how many threads are open, how many wait for an answer, and who can take more. Its
// figures by week come with this page, which is loaded after the first one.

import { useEffect } from "preact/hooks";
import { LoadFailure } from "../../../src/ui/LoadFailure";
import { OpenThreadsMeter } from "../../../src/features/raise/OpenThreadsMeter";
import { WaitingRows } from "../../../src/features/thread-list/WaitingRows";
import { useList } from "../../../src/features/thread-list/use-list";
import { Skeleton } from "../../../src/ui/Skeleton";
import { Avatar } from "../../../src/ui/Avatar";
import type { Row } from "../../../src/api/protocol";
import type { Overview } from "../../../src/api/types";
import { inboxCountsError, loadInboxCounts } from "../../../src/sync/inbox-counts";
import { countOf, isReceived } from "../../../src/sync/inbox-status";
import type { ListQuery } from "../../../src/sync/thread-lists";
import { href, route } from "../../../src/browser/route";
import { FiguresView } from "../../../src/features/figures/FiguresView";
import { usePageTitle } from "../../../src/features/app/use-page-title";
import { inboxCounts, isLoaded, team, thread } from "../../../src/sync/store";
import { formatNumber, messages } from "../../../src/i18n/messages";
import { pageMessages } from "../../../src/i18n/page-messages";
import { ownerName } from "../../../src/features/inbox/names";

const texts = pageMessages.overview;

const WAITING: ListQuery = { shelf: "received", show: "waiting" };
const FIGURES = ["new", "us", "worker", "them", "snoozed", "ended"] as const;

const WEEKS = "show=weeks"; // in the address
const VIEWS = ["now", "weeks"] as const;

/** What to show is in the address, so that it is there after a reload and after another page. */
export function OverviewPage() {
  const view = route.value.query === WEEKS ? "weeks" : "now";
  usePageTitle(view === "now" ? "" : messages.filtered(texts.title, texts.weeks));
  return (
    <div class="page">
      <h1 class="page-title" tabIndex={-1}>
        {texts.title}
      </h1>
      <fieldset class="filters overview-views">
        <legend class="visually-hidden">{texts.views}</legend>
        {VIEWS.map((name) => (
          <label key={name} class="filter">
            <input
              type="radio"
              name="view"
              checked={name === view}
              onChange={() => location.replace(href("overview", "", name === "now" ? "" : WEEKS))}
            />
            <span>{texts[name]}</span>
          </label>
        ))}
      </fieldset>
      {view === "now" ? <Now /> : <FiguresView />}
    </div>
  );
}

function Now() {
  useEffect(() => {
    if (isLoaded.peek()) void loadInboxCounts();
  }, []);
  const counts = inboxCounts.value;
  const error = inboxCountsError.value;
  if (counts) return <Numbers counts={counts} />;
  if (error) return <LoadFailure text={error} retry={() => void loadInboxCounts()} />;
  return <Skeleton label={texts.loading} lines={3} />;
}

function Numbers({ counts }: { counts: Overview }) {
  return (
    <>
      <dl class="figures">
        <Figure label={texts.open} n={counts.open} />
        <Figure label={texts.waiting} n={counts.waiting} />
        {FIGURES.map((name) => (
          <Figure key={name} label={messages.inbox[name]} n={countOf(counts, name)} />
        ))}
      </dl>
      <WaitingLongest counts={counts} />
      <Team />
      <section class="page-section">
        <h2>{texts.raised}</h2>
        <a class="plain-link" href={href("raised")}>
          <OpenThreadsMeter />
        </a>
      </section>
    </>
  );
}

const nameOf = (row: Row): string => (isReceived(row) ? ownerName(row) : "");

function WaitingLongest({ counts }: { counts: Overview }) {
  const { list, error, retry } = useList(WAITING);
  const rows = (list?.ids.value ?? []).slice(0, 3).flatMap((id) => thread(id).row ?? []);
  return (
    <section class="page-section">
      <h2>{texts.oldest}</h2>
      {counts.waiting === 0 ? (
        <p class="muted">{texts.none}</p>
      ) : error ? (
        <LoadFailure text={error} retry={retry} />
      ) : !list ? (
        <Skeleton label={messages.list.loading} lines={3} />
      ) : (
        <WaitingRows rows={rows} page="inbox" nameOf={nameOf} />
      )}
    </section>
  );
}

function Figure({ label, n }: { label: string; n: number }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{formatNumber(n)}</dd>
    </div>
  );
}

function Team() {
  const joined = team.value?.workers.filter((worker) => worker.joined) ?? [];
  if (joined.length === 0) return null;
  return (
    <section class="page-section">
      <h2>{texts.workers}</h2>
      <ul class="people">
        {joined.map((worker) => (
          <li key={worker.id} class="person">
            <Avatar name={worker.name} />
            <div class="person-text">
              <p class="strong" dir="auto">
                {worker.name}
              </p>
              <p class="muted">
                {pageMessages.assignment.load(worker.load, worker.waiting)} ·{" "}
                {worker.available ? texts.available : texts.away}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
