// What a school changed in its account and with its workers, and what an operator did: the last first, and as a file.

import { ArrowLeft, Download } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { errorMessage } from "../../../src/api/client";
import type { Act } from "../../../src/api/types";
import { downloadFile } from "../../../src/browser/download";
import { href } from "../../../src/browser/route";
import { useAction } from "../../../src/features/app/use-action";
import { usePageTitle } from "../../../src/features/app/use-page-title";
import { toCsv } from "../../../src/features/figures/csv";
import { messages } from "../../../src/i18n/messages";
import { pageMessages } from "../../../src/i18n/page-messages";
import { fullDateTime } from "../../../src/i18n/time";
import { session } from "../../../src/sync/store";
import { EmptyState } from "../../../src/ui/EmptyState";
import { Icon } from "../../../src/ui/Icon";
import { LoadFailure } from "../../../src/ui/LoadFailure";
import { Skeleton } from "../../../src/ui/Skeleton";

const { acts: texts } = pageMessages;

interface Shown {
  acts: readonly Act[];
  next: number | null;
}

export function ActsPage() {
  const [shown, setShown] = useState<Shown | null>(null);
  const [error, setError] = useState("");
  usePageTitle(texts.title);
  const load = () => {
    setError("");
    following({ acts: [], next: null }).then(setShown, (reason: unknown) => setError(errorMessage(reason)));
  };
  useEffect(load, []);
  return (
    <div class="page">
      <a class="back-link" href={href("settings")}>
        <Icon of={ArrowLeft} size={16} />
        {messages.nav.settings}
      </a>
      <h1 class="page-title" tabIndex={-1}>
        {texts.title}
      </h1>
      <p class="muted">{texts.about}</p>
      {error && <LoadFailure text={error} retry={load} />}
      {!error && !shown && <Skeleton label={texts.loading} lines={4} />}
      {shown && <Acts shown={shown} setShown={setShown} />}
    </div>
  );
}

function Acts({ shown, setShown }: { shown: Shown; setShown: (shown: Shown) => void }) {
  const [busy, start] = useAction();
  const files = [
    { label: texts.csv, save: saveCsv },
    { label: texts.json, save: saveJson },
  ];
  if (shown.acts.length === 0) return <EmptyState title={texts.none} text={texts.noneText} />;
  return (
    <>
      <p class="acts-files">
        {files.map(({ label, save }) => (
          <button key={label} type="button" class="button" aria-disabled={busy} onClick={() => start(save)}>
            <Icon of={Download} size={18} />
            {label}
          </button>
        ))}
      </p>
      <ol class="acts">
        {shown.acts.map((act, place) => (
          <li key={shown.acts.length - place}>
            <p>{sentenceOf(act)}</p>
            <p class="muted">
              <time dateTime={isoTime(act)}>{fullDateTime(act.at)}</time>
            </p>
          </li>
        ))}
      </ol>
      {shown.next !== null && (
        <button
          type="button"
          class="button"
          aria-disabled={busy}
          onClick={() => start(async () => setShown(await following(shown)))}
        >
          {texts.more}
        </button>
      )}
    </>
  );
}

const sentenceOf = ({ act, worker, by_operator }: Act): string => {
  const about = ABOUT_WORKERS.has(act)
    ? texts.ofWorker(texts.kinds[act], worker || texts.formerWorker)
    : texts.kinds[act];
  return by_operator ? texts.byOperator(about) : about;
};

const ABOUT_WORKERS: ReadonlySet<Act["act"]> = new Set<Act["act"]>([
  "invite a worker",
  "invite a worker again",
  "remove a worker",
]);

const isoTime = ({ at }: Act): string => new Date(at).toISOString();
const whoIn = ({ by_operator }: Act): string => (by_operator ? texts.operator : texts.school);

/** The acts that are shown, and a page of older ones. */
async function following({ acts, next }: Shown): Promise<Shown> {
  const page = await session.call("acts", next === null ? {} : { before: next });
  return { acts: [...acts, ...page.acts], next: page.next };
}

/** Every act, from the last one on: also those that were done since the page was opened. */
async function all(): Promise<readonly Act[]> {
  let found = await following({ acts: [], next: null });
  while (found.next !== null) found = await following(found);
  return found.acts;
}

async function saveCsv(): Promise<void> {
  const rows = (await all()).map((act) => [isoTime(act), whoIn(act), texts.kinds[act.act], act.worker]);
  downloadFile("changes.csv", "text/csv", toCsv([texts.columns, ...rows]));
}

async function saveJson(): Promise<void> {
  downloadFile("changes.json", "application/json", JSON.stringify(await all(), null, 2));
}
