// The two pages to raise a thread. They are loaded together, after the first page.

import { lazyPage } from "../app/lazy-page";

export const SchoolsPage = lazyPage(() => import("./SchoolsPage").then((page) => page.SchoolsPage));
export const RaisePage = lazyPage(() => import("./RaisePage").then((page) => page.RaisePage));
