// What a browser may refuse is asked for in one place each, which can do without: anywhere else it would be a blank page.

import { expect, test } from "vitest";

const sources = import.meta.glob<string>(["../../{apps,src}/**/*.{ts,tsx}"], {
  query: "?raw",
  import: "default",
  eager: true,
});
const ours = Object.entries(sources).filter(([path]) => !/\.test\.ts$/.test(path));

test.each([
  [/\b(local|session)Storage\b/, ["storage.ts"]],
  [/\bindexedDB\b|\bcaches\b/, []],
  [/navigator\.locks/, ["with-lock.ts"]],
  [/document\.cookie/, ["pending-auth.ts"]],
  [/navigator\.languages?\b/, []],
  [/Date\.now\(\)|new Date\(\)/, ["lazy-import.ts", "server-clock.ts"]],
])("%o is used only in %o", (refusable, allowed) => {
  const code = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$|getStorage\("\w+"\)/gm, "");
  const found = ours.filter(([, text]) => refusable.test(code(text))).map(([path]) => path.split("/").at(-1));
  expect(found.sort()).toEqual(allowed);
  expect(ours.length).toBeGreaterThan(50);
});
