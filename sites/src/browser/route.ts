// The route is in the hash of the address, so that a link, the back button and a reload lead to the same page.

import { computed, signal } from "@preact/signals";

export interface Route {
  page: string;
  id: string;
  /** What a page keeps in the address, such as the filter of a list: `show=new`. */
  query?: string;
}

const QUERY = /^[a-z]+=[A-Za-z0-9_-]+(&[a-z]+=[A-Za-z0-9_-]+)*$/;
const ID = /^[A-Za-z0-9_-]{22}$/;

/**
 * `#/threads/<id>?show=new` is a page, an id and a query. A malformed id or query is dropped. An unknown page becomes
 * the home page.
 */
export function parseRoute(hash: string, pages: readonly string[]): Route {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?");
  const [, page = "", id = ""] = path.split("/");
  const home = pages[0] ?? "";
  if (!pages.includes(page)) return { page: home, id: "" };
  return { page, id: ID.test(id) ? id : "", ...(QUERY.test(query) && { query }) };
}

/** The last query of each page: a link to the page leads to the list as it was left. */
const lastQueries = new Map<string, string>();

export function href(page: string, id = "", query = lastQueries.get(page) ?? ""): string {
  const path = id ? `#/${page}/${id}` : `#/${page}`;
  return query ? `${path}?${query}` : path;
}

export const route = signal<Route>({ page: "", id: "" });

/** The thread that is open. On the page "schools" the id in the address is a school's. */
export const openThreadId = computed(() => (route.value.page === "schools" ? "" : route.value.id));

/** Updates the route whenever the address changes. `pages[0]` is the home page. */
export function watchHash(pages: readonly string[]): void {
  const read = () => {
    const next = parseRoute(location.hash, pages);
    const { page, id, query } = route.peek();
    lastQueries.set(next.page, next.query ?? "");
    if (next.page !== page || next.id !== id || next.query !== query) route.value = next;
  };
  addEventListener("hashchange", read);
  read();
}

export function navigate(page: string, id = "", { replace = false } = {}): void {
  if (replace) location.replace(href(page, id));
  else location.hash = href(page, id);
}

/**
 * Changes what the page keeps in the address: an empty value is left out. The back button leads to the page before, and
 * not through filters.
 */
export function changeQuery(changes: Readonly<Record<string, string>>): void {
  const { page, id, query = "" } = route.peek();
  const kept = { ...Object.fromEntries(new URLSearchParams(query)), ...changes };
  const found = Object.entries(kept).filter(([, value]) => value !== "");
  location.replace(href(page, id, new URLSearchParams(found).toString()));
}

/** The subject of the page for its title: of a thread, its subject. Empty if the page has its tab's name. */
export const pageTitle = signal("");
