import { UNSPACED } from "./text-fields";

/** A character of a script in which a name may stand in the midst of what looks like one word. */
export const UNSPACED_CHARACTER = new RegExp(`[${UNSPACED}]`, "u");
