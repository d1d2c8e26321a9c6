// Where a thread is raised: two pages that are loaded together, after the list that everybody begins with.

import { later } from "../parts/later";

export const SchoolsPage = later(() => import("./SchoolsPage").then((page) => page.SchoolsPage));
export const RaisePage = later(() => import("./RaisePage").then((page) => page.RaisePage));
