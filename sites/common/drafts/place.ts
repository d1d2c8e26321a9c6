// Each place to write has a name: that of its draft, and of the lock under which its acts leave one by one.

export type ActKind = "message" | "note" | "raise";

/** `about` is the thread; of a raise, the school. */
export const placeOf = ({ kind, about }: { kind: ActKind; about: string }): string => (kind === "message" ? about : `${kind}:${about}`);
