// The JavaScript that each site loads first: the scripts of its page and their module preloads, but not what is fetched
// after them.

import { readFileSync } from "node:fs";

const scripts = (site) =>
  Array.from(
    readFileSync(`dist/${site}/index.html`, "utf8").matchAll(
      /(?:src|(?<!fetchpriority="low" )href)="\.\.\/(assets\/[^"]+\.js)"/g,
    ),
    ([, name]) => `dist/${name}`,
  );

export default ["user", "school", "worker"].map((site) => ({
  name: site,
  path: scripts(site),
  limit: "30 kB",
  gzip: true,
}));
