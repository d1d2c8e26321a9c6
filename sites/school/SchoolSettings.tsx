// A school decides what people see of it and what happens to new threads.

import { me } from "../common/session";
import { Settings } from "../common/settings/Settings";
import { FacePart } from "./FacePart";
import { PicturePart } from "./PicturePart";
import { PolicyPart } from "./PolicyPart";

export function SchoolSettings() {
  const { card, policy } = me.value ?? {};
  return (
    <Settings>
      {card && <FacePart card={card} />}
      {card && <PicturePart card={card} />}
      {policy && <PolicyPart policy={policy} />}
    </Settings>
  );
}
