// An Enter that confirms a candidate of an input method writes a character. It must not send.

/** Safari ends the composition before this keydown. There, only the key code 229 tells. */
export const isComposing = ({ isComposing, keyCode }: Pick<KeyboardEvent, "isComposing" | "keyCode">): boolean =>
  isComposing || keyCode === 229;
