// Lists every school that can be asked, and filters the list by name.

import { ChevronRight, Search } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { EmptyState } from "../../ui/EmptyState";
import { Icon } from "../../ui/Icon";
import { Avatar } from "../../ui/Avatar";
import { loadSchools, refresh } from "../../sync/sync";
import { href } from "../../browser/route";
import { pictureUrl } from "../../sync/picture-url";
import { isLoaded, me, schools } from "../../sync/store";
import { searchKey } from "../../i18n/compare-text";
import { pageMessages } from "../../i18n/page-messages";
import { PageLoading } from "../app/PageLoading";
import { raisedRows } from "./raised-threads";

/** `threadsTitle` names the page that shows the answers. */
export function SchoolsPage({ title, threadsTitle }: { title: string; threadsTitle: string }) {
  const [filter, setFilter] = useState("");
  useEffect(() => void refresh(loadSchools()), []); // their profiles as of now
  const all =
    schools.value && [...schools.value.values()].filter((school) => school.takes && school.id !== me.value?.id);
  const visible = all?.filter((school) => searchKey(school.name).includes(searchKey(filter)));
  return (
    <div class="page">
      <h1 class="page-title" tabIndex={-1}>
        {title}
      </h1>
      {raisedRows().length === 0 && isLoaded.value && <p class="muted">{pageMessages.schools.first(threadsTitle)}</p>}
      {!visible ? (
        <PageLoading label={pageMessages.schools.loading} />
      ) : all?.length === 0 ? (
        <EmptyState title={pageMessages.schools.empty} text={pageMessages.schools.emptyText} />
      ) : (
        <>
          <label class="search">
            <span class="visually-hidden">{pageMessages.schools.filter}</span>
            <Icon of={Search} size={18} />
            <input
              type="search"
              dir={filter ? "auto" : undefined}
              value={filter}
              placeholder={pageMessages.schools.filter}
              onInput={(event) => setFilter(event.currentTarget.value)}
            />
          </label>
          <ul class="cards" aria-label={title}>
            {visible.map((school) => (
              <li key={school.id}>
                <a class="card" href={href("schools", school.id)}>
                  <Avatar name={school.name} pictureUrl={pictureUrl(school.picture)} />
                  <bdi class="card-name">{school.name}</bdi>
                  {school.about && <bdi class="card-text">{school.about}</bdi>}
                  <Icon of={ChevronRight} size={18} />
                </a>
              </li>
            ))}
          </ul>
          <p class="muted" role="status">
            {visible.length === 0 && pageMessages.schools.none(filter)}
          </p>
        </>
      )}
    </div>
  );
}
