// An idempotency key names one item. It is random: it tells nothing about the device or the time.

/** 24 random characters. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}

/** Returns the same key for the same content, and a new key when the content changes. */
export class IdempotencyKey {
  #content = "";
  #key = newIdempotencyKey();

  for(content: string): string {
    if (content !== this.#content) this.#key = newIdempotencyKey();
    this.#content = content;
    return this.#key;
  }

  /** The operation is done: the same content again is another operation. */
  reset(): void {
    this.#key = newIdempotencyKey();
  }
}
