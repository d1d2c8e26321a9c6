// What changes on a page and has no focus is read out by screen readers, once. Each announcement is an element of its
// own: equal texts are read twice, and several at once are all read.

type Urgency = "polite" | "assertive";
const KEPT = 10_000; // ms: longer than a screen reader takes to notice

/**
 * Adds the place of announcements to a dialog: while it is open, a screen reader hears nothing outside of it. That of the
 * page is in its HTML, because a screen reader must know a place before something comes into it.
 */
export function addAnnouncer(parent: HTMLElement): void {
  for (const urgency of ["polite", "assertive"]) {
    const region = document.createElement("div");
    region.className = "announcer visually-hidden";
    region.setAttribute("aria-live", urgency);
    region.setAttribute("aria-relevant", "additions");
    parent.append(region);
  }
}

/** `assertive` interrupts: for errors. */
export function announce(text: string, urgency: Urgency = "polite"): void {
  const regions = [...document.querySelectorAll(`.announcer[aria-live="${urgency}"]`)];
  const region = regions.findLast((each) => each.closest("dialog[open]")) ?? regions[0];
  if (!text || !region) return;
  const line = document.createElement("p");
  line.textContent = text;
  region.append(line);
  setTimeout(() => line.remove(), KEPT);
}
