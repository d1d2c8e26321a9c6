// The only way to drop an error. ESLint refuses a handler that does nothing, so each use of this one says why nobody
// has to be told.

/** A handler for an error that needs nothing, because of `why`. The console shows both to a developer. */
export const dropError =
  (why: string) =>
  (error: unknown): void =>
    console.debug(why, error);
