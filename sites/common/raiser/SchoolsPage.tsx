// Every school that can be asked is one tap away, by name.

import { ChevronRight, Search } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { Empty, Skeleton } from "../parts/bits";
import { Icon, Monogram } from "../parts/Icon";
import { loadSchools } from "../resume";
import { address } from "../route";
import { loaded, me, schools } from "../session";
import { locale } from "../words";
import { more } from "../words-more";
import { raisedRows } from "./names";

const plain = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase(locale);

export function SchoolsPage({ title }: { title: string }) {
  const [filter, setFilter] = useState("");
  useEffect(() => void loadSchools().catch(() => undefined), []); // their faces as of now
  const all = schools.value && [...schools.value.values()].filter((school) => school.takes && school.id !== me.value?.id);
  const shown = all?.filter((school) => plain(school.name).includes(plain(filter.trim())));
  return (
    <div class="page">
      <h1 class="page-title" tabIndex={-1}>
        {title}
      </h1>
      {raisedRows().length === 0 && loaded.value && <p class="muted">{more.schools.first}</p>}
      {!shown ? (
        <Skeleton label={more.schools.loading} />
      ) : all?.length === 0 ? (
        <Empty title={more.schools.empty} text={more.schools.emptyText} />
      ) : (
        <>
          <label class="search">
            <span class="sr">{more.schools.filter}</span>
            <Icon of={Search} size={18} />
            <input
              type="search"
              value={filter}
              placeholder={more.schools.filter}
              onInput={(event) => setFilter(event.currentTarget.value)}
            />
          </label>
          <ul class="cards" aria-label={title}>
            {shown.map((school) => (
              <li key={school.id}>
                <a class="card" href={address("schools", school.id)}>
                  <Monogram name={school.name} picture={school.picture} />
                  <span class="card-name">{school.name}</span>
                  {school.about && <span class="card-text">{school.about}</span>}
                  <Icon of={ChevronRight} size={18} />
                </a>
              </li>
            ))}
          </ul>
          <p class="muted" role="status">
            {shown.length === 0 && more.schools.none(filter)}
          </p>
        </>
      )}
    </div>
  );
}
