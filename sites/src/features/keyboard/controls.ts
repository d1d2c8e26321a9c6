// What a person can use on the page as it is now.

/** Where a key is typed. */
export const FIELDS =
  'input:not([type="radio"], [type="checkbox"], [type="file"]), textarea, select, [contenteditable]';
const PATIENCE = 2_000; // ms in which a thread is opened or a menu drawn

export const isUsable = (control: Element): boolean =>
  control.checkVisibility({ visibilityProperty: true }) && !control.matches(':disabled, [aria-disabled="true"]');

export const usable = (selector: string): HTMLElement[] =>
  [...document.querySelectorAll<HTMLElement>(selector)].filter(isUsable);

/** Does what a click does, or begins to type. The focus stays where it is, unless the control moves it. */
export function use(control: HTMLElement): void {
  if (control.matches(FIELDS)) control.focus();
  else control.click();
}

const nextFrame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));

/** Waits for what is drawn later. undefined if it does not come. */
export async function drawn<T>(find: () => T | undefined, patience = PATIENCE): Promise<T | undefined> {
  const end = performance.now() + patience;
  while (performance.now() < end) {
    const found = find();
    if (found) return found;
    await nextFrame();
  }
  return undefined;
}
