// Every field that sends its text cleans it here, so that no field is refused for what another field repairs.

/** Text that the server takes. Half a character (a lone surrogate) becomes the replacement character. */
export const cleanText = (text: string): string => text.trim().replace(/\p{Surrogate}/gu, "\u{fffd}");

/** The same for a field of one line, such as a subject or a name. */
export const cleanLine = (text: string): string => cleanText(text).replace(/\s+/g, " ");
