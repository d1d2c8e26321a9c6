// A worker decides whether threads may come by themselves; whether they are a worker here is their school's to decide.

import { me } from "../common/session";
import { Settings } from "../common/settings/Settings";
import { more } from "../common/words-more";
import { Availability } from "./Availability";

const { availability } = more;

export function WorkerSettings() {
  return (
    <Settings>
      {me.value && (
        <section class="part">
          <h2>{availability.title}</h2>
          <Availability />
          <p class="muted">{availability.text}</p>
          <p class="muted">{availability.onlySchool}</p>
        </section>
      )}
    </Settings>
  );
}
