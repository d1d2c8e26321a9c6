// An Enter that confirms a candidate of an input method writes a character. It never sends.

/** Safari ends the composition before this keydown: there only the key code 229 tells. */
export const isComposing = ({ isComposing, keyCode }: Pick<KeyboardEvent, "isComposing" | "keyCode">): boolean =>
  isComposing || keyCode === 229;
