// Where a person is lives in the address's hash alone, so that a link, the back button and a reload all lead to the same page.

import { computed, signal } from "@preact/signals";

export interface Route {
  page: string;
  id: string;
}

const ID = /^[A-Za-z0-9_-]{22}$/;

/** `#/threads/<id>` is a page and an id. What is not an id of ours is no id; an unknown page is the home page. */
export function parse(hash: string, pages: readonly string[]): Route {
  const [, page = "", id = ""] = hash.replace(/^#/, "").split("/");
  const home = pages[0] ?? "";
  return pages.includes(page) ? { page, id: ID.test(id) ? id : "" } : { page: home, id: "" };
}

export const address = (page: string, id = ""): string => (id ? `#/${page}/${id}` : `#/${page}`);

export const route = signal<Route>({ page: "", id: "" });

/** The thread that is open; where a thread is raised, the address names a school. */
export const openThread = computed(() => (route.value.page === "schools" ? "" : route.value.id));

/** Follow the address from now on. `pages[0]` is the home page. */
export function follow(pages: readonly string[]): void {
  const read = () => {
    const next = parse(location.hash, pages);
    const { page, id } = route.peek();
    if (next.page !== page || next.id !== id) route.value = next;
  };
  addEventListener("hashchange", read);
  read();
}

export function go(page: string, id = "", { replace = false } = {}): void {
  if (replace) location.replace(address(page, id));
  else location.hash = address(page, id);
}
