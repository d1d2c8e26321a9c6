// The few numbers that matter to a school, each as of now: what is open, who waits for it, and who can take more.

import { useEffect, useState } from "preact/hooks";
import { say } from "../common/api";
import { minute } from "../common/clock";
import { Failure, MeterLine, Skeleton } from "../common/parts/bits";
import { Monogram } from "../common/parts/Icon";
import type { Overview } from "../common/protocol";
import { loadTeam } from "../common/resume";
import { address } from "../common/route";
import { loaded, rows, session, team } from "../common/session";
import { brief } from "../common/time";
import { words } from "../common/words";
import { more } from "../common/words-more";
import { isReceived, waiting } from "./inbox";
import { ownerName } from "./people";

const said = more.overview;

export function OverviewPage() {
  const [counted, setCounted] = useState<Overview | null>(null);
  const [failed, setFailed] = useState("");
  // Any row that changed may have changed the count.
  const changed = rows.value.reduce((sum, row) => (isReceived(row) ? sum + row.rev : sum), 0);
  const count = () => {
    session.call("overview").then(setCounted, (error: unknown) => setFailed(say(error)));
    void loadTeam().catch(() => undefined);
  };
  useEffect(() => {
    const soon = setTimeout(count, counted ? 500 : 0); // several at once are counted once
    return () => clearTimeout(soon);
  }, [changed]);
  return (
    <div class="page">
      <h1 class="page-title" tabIndex={-1}>
        {said.title}
      </h1>
      {counted && loaded.value ? <Numbers {...counted} /> : failed ? <Failure text={failed} retry={count} /> : <Skeleton label={said.loading} lines={3} />}
    </div>
  );
}

function Numbers({ open, with_workers }: Overview) {
  const wait = waiting(rows.value.filter(isReceived));
  return (
    <>
      <dl class="numbers">
        <Figure label={said.open} n={open} />
        <Figure label={said.waiting} n={wait.length} />
        <Figure label={said.withUs} n={open - with_workers} />
        <Figure label={said.withWorkers} n={with_workers} />
      </dl>
      <section class="part">
        <h2>{said.oldest}</h2>
        {wait.length === 0 && <p class="muted">{said.none}</p>}
        <ul class="waiting">
          {wait.slice(0, 3).map((row) => (
            <li key={row.id}>
              <a class="waiting-row" href={address("inbox", row.id)}>
                <bdi>{row.subject}</bdi>
                <span class="muted">
                  {ownerName(row)} · {said.since(brief(row.at, minute.value))}
                </span>
              </a>
            </li>
          ))}
        </ul>
      </section>
      <Team />
      <section class="part">
        <h2>{said.raised}</h2>
        <a class="plain" href={address("raised")}>
          <MeterLine />
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
    <section class="part">
      <h2>{said.workers}</h2>
      <ul class="people">
        {joined.map((worker) => (
          <li key={worker.id} class="person">
            <Monogram name={worker.name} />
            <div class="person-text">
              <p class="strong">{worker.name}</p>
              <p class="muted">
                {words.hands.load(worker.load)} · {worker.available ? said.available : said.away}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
