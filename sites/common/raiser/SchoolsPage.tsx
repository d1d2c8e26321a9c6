// Every school that can be asked is one tap away, by name.

import { ChevronRight, Search } from "lucide";
import { useState } from "preact/hooks";
import { Empty, Skeleton } from "../parts/bits";
import { Icon, Monogram } from "../parts/Icon";
import { address } from "../route";
import { loaded, me, schools } from "../session";
import { locale, words } from "../words";
import { raisedRows } from "./names";

const plain = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase(locale);

export function SchoolsPage({ title }: { title: string }) {
  const [filter, setFilter] = useState("");
  const all = schools.value && [...schools.value.values()].filter((school) => school.id !== me.value?.id);
  const shown = all?.filter((school) => plain(school.name).includes(plain(filter.trim())));
  return (
    <div class="page">
      <h1 class="page-title" tabIndex={-1}>
        {title}
      </h1>
      {raisedRows().length === 0 && loaded.value && <p class="muted">{words.schools.first}</p>}
      {!shown ? (
        <Skeleton label={words.schools.loading} />
      ) : all?.length === 0 ? (
        <Empty title={words.schools.empty} text={words.schools.emptyText} />
      ) : (
        <>
          <label class="search">
            <span class="sr">{words.schools.filter}</span>
            <Icon of={Search} size={18} />
            <input
              type="search"
              value={filter}
              placeholder={words.schools.filter}
              onInput={(event) => setFilter(event.currentTarget.value)}
            />
          </label>
          <ul class="cards" aria-label={title}>
            {shown.map((school) => (
              <li key={school.id}>
                <a class="card" href={address("schools", school.id)}>
                  <Monogram name={school.name} />
                  <span class="card-name">{school.name}</span>
                  {school.about && <span class="card-text">{school.about}</span>}
                  <Icon of={ChevronRight} size={18} />
                </a>
              </li>
            ))}
          </ul>
          <p class="muted" role="status">
            {shown.length === 0 && words.schools.none(filter)}
          </p>
        </>
      )}
    </div>
  );
}
