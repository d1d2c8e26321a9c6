// A school's numbers as of now: how many threads are open, how many wait for an answer, and who can take more.

import { useEffect, useState } from "preact/hooks";
import { errorMessage } from "../../../src/api/client";
import { currentMinute } from "../../../src/browser/server-clock";
import { LoadFailure } from "../../../src/ui/LoadFailure";
import { OpenThreadsMeter } from "../../../src/features/raise/OpenThreadsMeter";
import { Time } from "../../../src/ui/Time";
import { Skeleton } from "../../../src/ui/Skeleton";
import { Avatar } from "../../../src/ui/Avatar";
import type { Overview } from "../../../src/api/types";
import { loadTeam, refresh } from "../../../src/sync/sync";
import { href } from "../../../src/browser/route";
import { isLoaded, rows, session, team } from "../../../src/sync/store";
import { fullDateTime, shortDate } from "../../../src/i18n/time";
import { pageMessages } from "../../../src/i18n/page-messages";
import { isReceived, waitingLongestFirst } from "../../../src/features/inbox/inbox-status";
import { ownerName } from "../../../src/features/inbox/names";

const texts = pageMessages.overview;

export function OverviewPage() {
  const [overview, setOverview] = useState<Overview | null>(null);
  const [error, setError] = useState("");
  // A changed row may have changed the counts.
  const changed = rows.value.reduce((sum, row) => (isReceived(row) ? sum + row.rev : sum), 0);
  const load = () => {
    session.call("overview").then(setOverview, (error: unknown) => setError(errorMessage(error)));
    void refresh(loadTeam());
  };
  useEffect(() => {
    const timer = setTimeout(load, overview ? 500 : 0); // several changes are counted once
    return () => clearTimeout(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only a row that changed is a reason to count again
  }, [changed]);
  return (
    <div class="page">
      <h1 class="page-title" tabIndex={-1}>
        {texts.title}
      </h1>
      {overview && isLoaded.value ? (
        <Numbers {...overview} />
      ) : error ? (
        <LoadFailure text={error} retry={load} />
      ) : (
        <Skeleton label={texts.loading} lines={3} />
      )}
    </div>
  );
}

function Numbers({ open, with_workers }: Overview) {
  const waiting = waitingLongestFirst(rows.value.filter(isReceived));
  return (
    <>
      <dl class="figures">
        <Figure label={texts.open} n={open} />
        <Figure label={texts.waiting} n={waiting.length} />
        <Figure label={texts.withUs} n={open - with_workers} />
        <Figure label={texts.withWorkers} n={with_workers} />
      </dl>
      <section class="page-section">
        <h2>{texts.oldest}</h2>
        {waiting.length === 0 && <p class="muted">{texts.none}</p>}
        <ul class="waiting-list">
          {waiting.slice(0, 3).map((row) => (
            <li key={row.id}>
              <a class="waiting-row" href={href("inbox", row.id)}>
                <bdi>{row.subject}</bdi>
                <span class="muted">
                  {ownerName(row)} · {texts.since}{" "}
                  <Time at={row.at} text={shortDate(row.at, currentMinute.value)} full={fullDateTime(row.at)} />
                </span>
              </a>
            </li>
          ))}
        </ul>
      </section>
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

function Figure({ label, n }: { label: string; n: number }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{n}</dd>
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
              <p class="strong">{worker.name}</p>
              <p class="muted">
                {pageMessages.assignment.load(worker.load)} · {worker.available ? texts.available : texts.away}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
