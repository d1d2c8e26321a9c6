// Copies a text. An address without https has no clipboard, and a browser may forbid it.

/** Returns whether the text is copied. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
