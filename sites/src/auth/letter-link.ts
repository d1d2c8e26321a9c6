// The link in a letter carries its token after the #. A browser does not send that part, so no server and no proxy logs
// it.

const LINK = /^#(invitation|letter)=([A-Za-z0-9_-]{22,64})$/;

/** A link of an invitation, or of a letter with a code. */
export interface LetterLink {
  kind: "invitation" | "letter";
  token: string;
}

/** What the link that opened this page holds. It is removed from the address, and so from the history. */
export function takeLetterLink(): LetterLink | null {
  const [, kind, token] = LINK.exec(location.hash) ?? [];
  if (!kind || !token) return null;
  history.replaceState(history.state, "", location.pathname + location.search);
  return { kind: kind as LetterLink["kind"], token };
}

/** If a link is followed while the page is open, only the part after the # changes. Then the page reloads. */
export function reloadOnLetterLink(): void {
  addEventListener("hashchange", () => {
    if (LINK.test(location.hash)) location.reload();
  });
}
