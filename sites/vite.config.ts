import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import preact from "@preact/preset-vite";
import { defineConfig, type Plugin, type Rolldown } from "vite";

const page = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The page before anybody is in, the protocol that it starts, and how a person signs out. */
const SIGN_IN = [
  "auth/openid.ts",
  "auth/pending-auth.ts",
  "browser/with-lock.ts",
  "features/app/SignInPage.tsx",
  "features/app/SigningOutPage.tsx",
  "features/app/finish-sign-out.ts",
  "i18n/sign-in-messages.ts",
].map((path) => page(`src/${path}`));

type Modules = Pick<Rolldown.PluginContext, "getModuleInfo">;

/** All that a module loads before it runs. */
function before(id: string, modules: Modules, found = new Set<string>()): Set<string> {
  if (found.has(id)) return found;
  found.add(id);
  modules.getModuleInfo(id)?.importedIds.forEach((next) => before(next, modules, found));
  return found;
}

/**
 * What the site loads first is one file: it is smaller than its parts, and fetched at once. So are the texts of later
 * pages: else a page would wait for each after it has arrived itself.
 */
const fileOf =
  (site: string) =>
  (id: string, modules: Modules): string | null => {
    if (before(page(`apps/${site}/main.tsx`), modules).has(id)) return "first";
    if (SIGN_IN.includes(id)) return "openid";
    return id.startsWith(page("src/i18n/")) ? "texts" : null;
  };

/** The file of each icon, by its names. */
const icons = new Map(
  Array.from(
    readFileSync(page("node_modules/lucide/dist/esm/lucide.mjs"), "utf-8").matchAll(/^export \{(.+)\} from '(.+)';/gm),
    ([, names = "", file = ""]) =>
      Array.from(names.matchAll(/default as (\w+)/g), ([, name = ""]) => [name, file.slice(2)] as const),
  ).flat(),
);

/** Each icon is imported from its own file: else all of them would be in what is loaded first. */
const iconsApart: Plugin = {
  name: "icons-apart",
  enforce: "pre",
  transform: (code) =>
    code.replaceAll(/^import \{([^}]+)\} from "lucide";/gm, (_, names: string) =>
      names
        .split(",")
        .map((name) => `import ${name.trim()} from "lucide/dist/esm/${icons.get(name.trim())}";`)
        .join(""),
    ),
};

/** A dynamic import loads nothing beside it: there is one style sheet. What Vite adds for more is left out. */
const plainImports: Plugin = {
  name: "plain-imports",
  enforce: "pre",
  configResolved({ plugins }) {
    const added = plugins.findIndex(({ name }) => name === "vite:build-import-analysis");
    if (plugins[added + 1]?.name !== "native:import-analysis-build") throw new Error("Vite adds it otherwise");
    (plugins as Plugin[]).splice(added, 2);
  },
};

/** Each start of a site needs the issuer's protocol, to sign in or for new tokens: it is fetched after what comes first. */
const openidPreloaded: Plugin = {
  name: "openid-preloaded",
  transformIndexHtml: {
    order: "post",
    handler(html, { bundle }) {
      const found = Object.values(bundle ?? {}).find(({ fileName }) => /^assets\/openid-.*\.js$/.test(fileName));
      if (!found) return html;
      const attrs = { rel: "modulepreload", crossorigin: true, fetchpriority: "low", href: `../${found.fileName}` };
      return [{ tag: "link", attrs, injectTo: "head" as const }];
    },
  },
};

/**
 * The landing page is the page at the root: its file is moved out of its folder, and its links with it. The page for an
 * address that is none lies there too, and is shown at any depth: so its links begin at the root.
 */
const pagesAtRoot: Plugin = {
  name: "pages-at-root",
  enforce: "post",
  generateBundle(_, bundle) {
    const moved = { "landing/index.html": ["index.html", "./"], "missing/index.html": ["404.html", "/"] } as const;
    for (const [from, [to, root]] of Object.entries(moved)) {
      const made = bundle[from];
      if (made?.type !== "asset") throw new Error(`${from} was not built`);
      made.fileName = to;
      made.source = String(made.source).replaceAll(/(src|href)="\.\.\//g, `$1="${root}`);
    }
  },
};

const ENCODERS = {
  br: (bytes: Buffer) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
  gz: (bytes: Buffer) => gzipSync(bytes, { level: 9 }),
};

/** Beside each file lies the same, compressed as far as it goes, if that is less: the server has no work with it. */
const compressed: Plugin = {
  name: "compressed",
  enforce: "post",
  writeBundle(_, bundle) {
    for (const { fileName } of Object.values(bundle)) {
      if (!/\.(js|css|html|svg|txt)$/.test(fileName)) continue;
      const file = join(page("dist"), fileName);
      const bytes = readFileSync(file);
      for (const [ending, encode] of Object.entries(ENCODERS)) {
        const shorter = encode(bytes);
        if (shorter.length < bytes.length) writeFileSync(`${file}.${ending}`, shorter);
      }
    }
  },
};

// A build for each site, and one for the pages before them (`--mode`): a file that a site does not share with others has
// nothing that only the others need. Paths are relative: the same bytes are served under any address.
export default defineConfig(({ mode }) => {
  const isSite = mode !== "pages";
  return {
    root: page("apps"),
    base: "./",
    plugins: [plainImports, iconsApart, preact(), ...(isSite ? [openidPreloaded] : [pagesAtRoot]), compressed],
    build: {
      outDir: page("dist"),
      target: "es2022",
      emptyOutDir: !isSite, // it lies outside of the root, and is built first
      license: { fileName: "licenses.txt" }, // the notices of the packages that are in the files
      assetsInlineLimit: 0, // the pages' policy allows no inline anything
      modulePreload: {
        polyfill: false,
        resolveDependencies: (_, deps, { hostType }) => (hostType === "js" ? [] : deps),
      },
      rolldownOptions: {
        output: isSite ? { codeSplitting: { groups: [{ name: fileOf(mode) }] } } : {},
        input: Object.fromEntries(
          (isSite ? [mode] : ["landing", "missing"]).map((name) => [name, page(`apps/${name}/index.html`)]),
        ),
      },
    },
  };
});
