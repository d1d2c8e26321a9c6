// What a form says of a text that the server would refuse: the limits are the server's own, and so is the count.

import { countLeft, isAccepted } from "./clean-text";
import { pageMessages } from "./page-messages";
import type { TextField } from "./text-fields";

/** The errors of a form's field: that it is blank (`missing`), or how much too long it is. Empty if it is accepted. */
export function textError<Name extends string>(
  name: Name,
  text: string,
  field: TextField,
  missing = "",
): { [Key in Name]?: string } {
  if (isAccepted(text, field)) return {};
  const left = countLeft(text, field);
  return { [name]: left < 0 ? pageMessages.text.tooLong(-left, field.most) : missing } as { [Key in Name]?: string };
}
