// Where a school's picture is.

import { session } from "./store";

/** Empty if the school has no picture. */
export const pictureUrl = (picture: string): string => (picture ? `${session.config.api}/pictures/${picture}` : "");
