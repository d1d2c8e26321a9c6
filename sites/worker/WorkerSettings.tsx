// A worker decides whether threads may come by themselves, and may undo a joining by mistake; the rest is its school's.

import { me } from "../common/session";
import { Settings } from "../common/settings/Settings";
import { more } from "../common/words-more";
import { Availability } from "./Availability";
import { LeavePart } from "./LeavePart";

const { availability } = more;

export function WorkerSettings() {
  const party = me.value;
  return (
    <Settings last={party?.may_leave && party.card ? <LeavePart school={party.card.name} /> : null}>
      {party && (
        <section class="part">
          <h2>{availability.title}</h2>
          <Availability />
          <p class="muted">{availability.text}</p>
          {!party.may_leave && <p class="muted">{availability.onlySchool}</p>}
        </section>
      )}
    </Settings>
  );
}
