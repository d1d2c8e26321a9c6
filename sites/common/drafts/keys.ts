// A retry key names one act. It is random, and tells nothing of the device or the time.

/** 24 random characters. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

/** Gives the same key for the same content, tried again, and a new key as soon as the content differs. */
export class RetryKey {
  #content = "";
  #key = randomKey();

  for(content: string): string {
    if (content !== this.#content) this.#key = randomKey();
    this.#content = content;
    return this.#key;
  }

  /** The act is done: the same content again is another act. */
  done(): void {
    this.#key = randomKey();
  }
}
