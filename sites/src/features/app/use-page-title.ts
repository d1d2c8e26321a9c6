// A page whose subject is not its tab's name says its subject, and the browser shows it as the title.

import { useLayoutEffect } from "preact/hooks";
import { pageTitle } from "../../browser/route";

/** Empty: the page has its tab's name. */
export function usePageTitle(title: string): void {
  useLayoutEffect(() => {
    pageTitle.value = title;
    return () => {
      pageTitle.value = "";
    };
  }, [title]);
}
