/** What is new in a message, where there is no room for what it quotes. A message that is nothing but a quote stays. */
export const withoutQuotes = (text: string): string => text.replace(/^>.*\n*/gm, "").trim() || text;
