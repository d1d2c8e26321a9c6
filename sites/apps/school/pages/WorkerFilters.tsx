// Of the threads that are with a worker, a school can look at those of one.

import { pageMessages } from "../../../src/i18n/page-messages";
import { team } from "../../../src/sync/store";

const { workerFilters: texts } = pageMessages;

export function WorkerFilters({ worker, show }: { worker: string; show: (id: string) => void }) {
  const joined = team.value?.workers.filter((each) => each.joined) ?? [];
  if (joined.length === 0) return null;
  return (
    <fieldset class="filters">
      <legend class="visually-hidden">{texts.title}</legend>
      {[{ id: "", name: texts.any, load: null }, ...joined].map(({ id, name, load }) => (
        <label key={id} class="filter">
          <input type="radio" name="worker" checked={worker === id} onChange={() => show(id)} />
          <span>
            <bdi>{name}</bdi> {load !== null && <b>{load}</b>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
