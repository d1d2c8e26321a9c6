// Lists the schools that can be asked, by name, and finds them by the words of their names.

import { ChevronRight, Search } from "lucide";
import { useState } from "preact/hooks";
import { EmptyState } from "../../ui/EmptyState";
import { Icon } from "../../ui/Icon";
import { Avatar } from "../../ui/Avatar";
import { LoadFailure } from "../../ui/LoadFailure";
import { href } from "../../browser/route";
import { shortcut } from "../../browser/single-keys";
import { pictureUrl } from "../../sync/picture-url";
import { hasThreads, isLoaded, schools } from "../../sync/store";
import { cleanLine } from "../../i18n/clean-text";
import { pageMessages } from "../../i18n/page-messages";
import type { DirectoryCard } from "../../api/types";
import { PageLoading } from "../app/PageLoading";
import { useAction } from "../app/use-action";
import { useDirectory } from "./use-directory";

const { schools: texts } = pageMessages;

/** `threadsTitle` names the page that shows the answers. */
export function SchoolsPage({ title, threadsTitle }: { title: string; threadsTitle: string }) {
  const [filter, setFilter] = useState("");
  const [busy, run] = useAction();
  const text = cleanLine(filter);
  const { found, error, loadMore, retry } = useDirectory(text);
  const shown = (found?.ids ?? []).flatMap((id) => schools.value.get(id) ?? []).filter(({ takes }) => takes);
  const isEmpty = found?.text === "" && shown.length === 0;
  return (
    <div class="page">
      <h1 class="page-title" tabIndex={-1}>
        {title}
      </h1>
      {!hasThreads("raiser") && isLoaded.value && <p class="muted">{texts.first(threadsTitle)}</p>}
      {error && <LoadFailure text={error} retry={retry} />}
      {!found ? (
        !error && <PageLoading label={texts.loading} />
      ) : isEmpty ? (
        <EmptyState title={texts.empty} text={texts.emptyText} />
      ) : (
        <>
          <label class="search" data-key={shortcut("/")}>
            <span class="visually-hidden">{texts.filter}</span>
            <Icon of={Search} size={18} />
            <input
              type="search"
              dir={filter ? "auto" : undefined}
              value={filter}
              placeholder={texts.filter}
              aria-keyshortcuts={shortcut("/")}
              onInput={(event) => setFilter(event.currentTarget.value)}
            />
          </label>
          <ul class="cards" aria-label={title}>
            {shown.map((school) => (
              <li key={school.id}>
                <SchoolLink school={school} />
              </li>
            ))}
          </ul>
          {found.next !== null && (
            <button type="button" class="button quiet" aria-disabled={busy} onClick={() => run(loadMore)}>
              {texts.more}
            </button>
          )}
          <p class="muted" role="status">
            {found.text !== "" && shown.length === 0 && texts.none(found.text)}
          </p>
        </>
      )}
    </div>
  );
}

function SchoolLink({ school }: { school: DirectoryCard }) {
  return (
    <a class="card" href={href("schools", school.id)}>
      <Avatar name={school.name} pictureUrl={pictureUrl(school.picture)} />
      <bdi class="card-name">{school.name}</bdi>
      {(school.about || school.reply_time) && (
        <span class="card-text">
          {school.about && <bdi>{school.about}</bdi>}
          {school.reply_time && <span class="card-note">{texts.replyTimes[school.reply_time]}</span>}
        </span>
      )}
      <Icon of={ChevronRight} size={18} />
    </a>
  );
}
