import { fileURLToPath } from "node:url";
import preact from "@preact/preset-vite";
import { defineConfig, type Plugin, type Rolldown } from "vite";

const page = (path: string) => fileURLToPath(new URL(path, import.meta.url));

type Modules = Pick<Rolldown.PluginContext, "getModuleInfo">;

/** All that a module loads before it runs. */
function before(id: string, modules: Modules, found = new Set<string>()): Set<string> {
  if (found.has(id)) return found;
  found.add(id);
  modules.getModuleInfo(id)?.importedIds.forEach((next) => before(next, modules, found));
  return found;
}

/** What each of the sites loads first is one file: it is smaller than its parts, and fetched at once. */
function first(id: string, modules: Modules): string | null {
  const sites = ["user", "school", "worker"].map((site) => page(`apps/${site}/main.tsx`));
  return sites.every((main) => before(main, modules).has(id)) ? "first" : null;
}

/** The landing page is the page at the root: its file is moved out of its folder, and its links with it. */
const landingAtRoot: Plugin = {
  name: "landing-at-root",
  enforce: "post",
  generateBundle(_, bundle) {
    const landing = bundle["landing/index.html"];
    if (landing?.type !== "asset") throw new Error("the landing page was not built");
    landing.fileName = "index.html";
    landing.source = String(landing.source).replaceAll(/(src|href)="\.\.\//g, '$1="./');
  },
};

// One build of all pages, so that the three sites share one copy of what they have in common. Paths are relative: the
// same bytes are served under any address.
export default defineConfig({
  root: page("apps"),
  base: "./",
  plugins: [preact(), landingAtRoot],
  build: {
    outDir: page("dist"),
    target: "es2022",
    emptyOutDir: true, // it lies outside of the root
    assetsInlineLimit: 0, // the pages' policy allows no inline anything
    modulePreload: { polyfill: false, resolveDependencies: (_, deps, { hostType }) => (hostType === "js" ? [] : deps) },
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: first }] } },
      input: {
        landing: page("apps/landing/index.html"),
        user: page("apps/user/index.html"),
        school: page("apps/school/index.html"),
        worker: page("apps/worker/index.html"),
      },
    },
  },
});
