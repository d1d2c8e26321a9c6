import { fileURLToPath } from "node:url";
import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

const page = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// One build of all pages, so that the three sites share one copy of what they have in common. Paths are relative: the
// same bytes are served under any address.
export default defineConfig({
  base: "./",
  plugins: [preact()],
  build: {
    target: "es2022",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the pages' policy allows no inline anything
    modulePreload: { polyfill: false, resolveDependencies: (_, deps, { hostType }) => (hostType === "js" ? [] : deps) },
    rollupOptions: {
      input: {
        home: page("index.html"),
        user: page("user/index.html"),
        school: page("school/index.html"),
        worker: page("worker/index.html"),
      },
    },
  },
});
