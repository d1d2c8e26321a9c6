// Every field cleans its text with the same rules, so that the server refuses no field for what another field would
// repair.

/** A text that the server accepts. A lone surrogate becomes the replacement character. */
export const cleanText = (text: string): string => text.trim().replace(/\p{Surrogate}/gu, "\u{fffd}");

/** The same for a field of one line, such as a subject or a name. */
export const cleanLine = (text: string): string => cleanText(text).replace(/\s+/g, " ");
