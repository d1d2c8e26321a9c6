// The route is in the hash of the address, so that a link, the back button and a reload lead to the same page.

import { computed, signal } from "@preact/signals";

export interface Route {
  page: string;
  id: string;
}

const ID = /^[A-Za-z0-9_-]{22}$/;

/** `#/threads/<id>` is a page and an id. A malformed id is dropped. An unknown page becomes the home page. */
export function parseRoute(hash: string, pages: readonly string[]): Route {
  const [, page = "", id = ""] = hash.replace(/^#/, "").split("/");
  const home = pages[0] ?? "";
  return pages.includes(page) ? { page, id: ID.test(id) ? id : "" } : { page: home, id: "" };
}

export const href = (page: string, id = ""): string => (id ? `#/${page}/${id}` : `#/${page}`);

export const route = signal<Route>({ page: "", id: "" });

/** The thread that is open. On the page "schools" the id in the address is a school's. */
export const openThreadId = computed(() => (route.value.page === "schools" ? "" : route.value.id));

/** Updates the route whenever the address changes. `pages[0]` is the home page. */
export function watchHash(pages: readonly string[]): void {
  const read = () => {
    const next = parseRoute(location.hash, pages);
    const { page, id } = route.peek();
    if (next.page !== page || next.id !== id) route.value = next;
  };
  addEventListener("hashchange", read);
  read();
}

export function navigate(page: string, id = "", { replace = false } = {}): void {
  if (replace) location.replace(href(page, id));
  else location.hash = href(page, id);
}
